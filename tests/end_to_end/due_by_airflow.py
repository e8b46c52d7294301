"""Runs the task of the daily DAG that finds what is due, as Airflow does, and prints the months.

due_by_airflow.py (LAKE INSTANT)...; a line of JSON for each pair. There is no database of Airflow:
whatever is found comes from the lake.
"""

import json
import os
import sys
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.execution_time.context import set_current_context

from recount.project import ROOT

dag = DagBag(ROOT / "dags" / "daily_follow_up.py").dags["recount_daily"]
task = cast("Any", dag.get_task("due_months"))
for lake, instant in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    os.environ["RECOUNT_LAKE"] = lake
    run = SimpleNamespace(run_after=datetime.fromisoformat(instant))
    with set_current_context(cast("Any", {"params": dict(dag.params), "dag_run": run})):
        found = task.python_callable()
    print(json.dumps([[month["period"], month["as_of"]] for month in found]))
