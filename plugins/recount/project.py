"""Where the parts of the product lie that are not Python."""

import os
from pathlib import Path

ROOT = Path(os.environ.get("RECOUNT_HOME") or Path(__file__).resolve().parents[2])
DBT_PROJECT = ROOT / "dbt_project"
EXPECTATIONS = ROOT / "expectations"
EVENT_TYPES = DBT_PROJECT / "seeds" / "event_types.csv"
