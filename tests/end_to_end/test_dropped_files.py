"""A log that others drop into a folder, file by file; some come late."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.buyer import Buyer
from tests.support.small import FINAL, MONTH_END, write_month

MARCH = """\
{"event_id":"e1","subject_id":"T1","subject_type":"ticket","event_type":"solved",\
"occurred_at":"2026-03-02T09:00:00Z","actor_type":"ai_agent","title":"Card 4111"}
{"event_id":"e2","subject_id":"T2","subject_type":"ticket","event_type":"solved",\
"occurred_at":"2026-03-03T09:00:00Z","actor_type":"ai_agent"}
"""
LATE = """\
event_id,subject_id,subject_type,event_type,occurred_at,actor_type
e2,T2,ticket,solved,2026-03-03T09:00:00Z,ai_agent
e3,T2,ticket,reopened,2026-03-05T09:00:00Z,requester
e4,T3,ticket,solved,2026-03-30T09:00:00Z,ai_agent
"""


@pytest.fixture
def buyer(tmp_path: Path) -> Buyer:
    helpdesk = {"system": "event_log", "location": "drop/", "shows": ["solved", "reopened"]}
    invoice = {"system": "recount_csv", "location": "{period}.csv"}
    contract = write_month(tmp_path, sources={"helpdesk": helpdesk, "invoice": invoice})
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "2026-03.jsonl").write_text(MARCH, "utf-8")
    return Buyer(contract, tmp_path / "lake")


def test_a_new_file_for_an_old_month_is_seen_by_the_next_statement_of_it(buyer: Buyer) -> None:
    early = buyer.statement(as_of=MONTH_END)
    assert early["outcomes"]["resolution"]["lines"] == {"agreed": 2, "unknown_subject": 1}
    (buyer.contract.parent / "drop" / "2026-03-late.csv").write_text(LATE, "utf-8")
    # what was stated stays as it was stated, and the record that came twice is one
    assert buyer.statement(as_of=MONTH_END) == early
    final = buyer.statement(as_of=FINAL)
    assert final["outcomes"]["resolution"]["lines"] == {"agreed": 2, "not_an_outcome": 1}
    manifests = buyer.objects("landed/acme.helpdesk/events/manifests")
    pages = [[page["name"] for page in json.loads(data)["content"]["pages"]]
             for data in manifests.values()]  # fmt: skip
    assert sorted(pages, key=len) == [["2026-03.jsonl"], ["2026-03-late.csv", "2026-03.jsonl"]]


def test_no_title_of_a_ticket_is_in_the_lake(buyer: Buyer) -> None:
    buyer.land()
    lake = buyer.unpacked()
    assert b"2026-03-02T09:00:00Z" in lake
    assert b"Card 4111" not in lake
