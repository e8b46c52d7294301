"""Another department is another contract, and no code: its scope is a word in its file (B16)."""

from pathlib import Path
from typing import Any

import pytest

from recount import stages
from recount.month import Month
from tests.support.cases import outcome_of
from tests.support.small import FINAL, write_month

EVENTS = """\
event_id,subject_id,subject_type,event_type,occurred_at,actor_type
e1,IT-1,ticket,solved,2026-03-02T09:00:00Z,ai_agent
e2,IT-2,ticket,solved,2026-03-03T09:00:00Z,ai_agent
e3,IT-2,ticket,reopened,2026-03-05T09:00:00Z,requester
e4,HR-1,ticket,solved,2026-03-04T09:00:00Z,ai_agent
e5,HR-1,ticket,reopened,2026-03-06T09:00:00Z,requester
"""
SUBJECTS = "subject_id,subject_type,department\nIT-1,ticket,it\nIT-2,ticket,it\nHR-1,ticket,hr\n"
LINES = """\
invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency
INV-{name},1,IT-1,resolution,1,1.00,1.00,USD
INV-{name},2,IT-2,resolution,1,1.00,1.00,USD
INV-{name},3,HR-1,resolution,1,1.00,1.00,USD
"""
# of one department 14 days, of the other one day
CLAUSES = {"it": "14 days", "hr": "1 day"}


@pytest.mark.parametrize(
    ("department", "lines"),
    [("it", {"agreed": 1, "not_an_outcome": 1, "out_of_scope": 1}),
     ("hr", {"agreed": 1, "out_of_scope": 2})],
)  # fmt: skip
def test_a_second_department_is_a_second_contract_over_the_same_helpdesk(
    department: str, lines: dict[str, int], tmp_path: Path
) -> None:
    helpdesk = {"system": "event_log", "location": "events.csv", "subjects": "subjects.csv",
                "shows": ["solved", "reopened"]}  # fmt: skip
    for name, window in CLAUSES.items():
        terms: dict[str, Any] = {
            "outcomes": outcome_of(
                scope={"department": name},
                clauses={"quiet": {"forbids": {"event": "reopened", "within": window}}},
            ),
            "sources": {"helpdesk": helpdesk,
                        "invoice": {"system": "recount_csv", "location": f"{name}.csv"}},
        }  # fmt: skip
        write_month(tmp_path, name, **terms)
        (tmp_path / f"{name}.csv").write_text(LINES.format(name=name), "utf-8")
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")
    (tmp_path / "subjects.csv").write_text(SUBJECTS, "utf-8")
    lake = str(tmp_path / "lake")
    statement = stages.run(Month(str(tmp_path), department, "2026-03", FINAL, lake))
    assert statement["outcomes"]["resolution"]["lines"] == lines
