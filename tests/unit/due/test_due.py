"""Which months are due: what was published says so, and the contract until when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recount import due, published
from recount.contract.model import Contract
from recount.lake import Lake, open_lake
from recount.periods import format_instant, parse_instant
from recount.published import Slot
from tests.support.cases import MINIMAL, contract_of

# March can be final from 1 May on, and is corrected until 30 June.
FINAL_FROM = "2026-05-01T00:00:00Z"


def contract(**settlement: str) -> Contract:
    return contract_of(
        effective={"from": "2026-03-01", "until": "2026-04-01"},
        settlement={**MINIMAL["settlement"], **settlement},
    )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path))


def state(lake: Lake, as_of: str, *, kind: str = "final", decision: str = "pay") -> None:
    slot = Slot("acme", "2026-03", parse_instant(as_of))
    published.publish(lake, f"statements/{slot.path}", {
        "contract": "acme", "period": "2026-03", "as_of": as_of, "final_from": FINAL_FROM,
        "kind": kind, "decision": decision, "findings": [],
    })  # fmt: skip


def is_due(lake: Lake, as_of: str, **settlement: str) -> bool:
    instant = parse_instant(as_of)
    (standing,) = due.standings(lake, [contract(**settlement)], instant)
    return due.is_due(standing, instant)


def test_a_month_that_ended_and_has_no_statement_is_due(lake: Lake) -> None:
    assert due.standings(lake, [contract()], parse_instant("2026-03-31T23:59:59Z")) == []
    assert is_due(lake, "2026-04-01T00:00:00Z")


def test_a_provisional_month_is_due_from_the_instant_at_which_it_can_be_final(lake: Lake) -> None:
    state(lake, "2026-04-01T06:00:00Z", kind="provisional", decision="hold")
    assert not is_due(lake, "2026-04-30T23:59:59Z")
    assert is_due(lake, FINAL_FROM)


def test_a_final_month_that_is_held_is_due_whenever_it_was_not_looked_at(lake: Lake) -> None:
    state(lake, FINAL_FROM, decision="hold")
    assert not is_due(lake, FINAL_FROM)
    assert is_due(lake, "2026-05-01T00:00:01Z")


def test_a_settled_month_is_left_alone_where_the_contract_knows_no_corrections(
    lake: Lake,
) -> None:
    state(lake, FINAL_FROM)
    assert not is_due(lake, "2026-06-15T00:00:00Z")


def test_a_settled_month_is_looked_at_once_a_month_as_long_as_it_can_be_corrected(
    lake: Lake,
) -> None:
    within = {"corrections_within": "60 days"}
    last = parse_instant(FINAL_FROM) + timedelta(days=60)
    state(lake, FINAL_FROM)
    assert not is_due(lake, "2026-05-31T23:59:59Z", **within)
    assert is_due(lake, "2026-06-01T00:00:00Z", **within)
    assert is_due(lake, format_instant(last), **within)
    assert not is_due(lake, format_instant(last + timedelta(microseconds=1)), **within)
    state(lake, "2026-06-01T00:00:00Z")
    assert not is_due(lake, "2026-06-30T00:00:00Z", **within)


def test_a_second_look_that_is_held_waits_for_the_next_month(lake: Lake) -> None:
    state(lake, FINAL_FROM)
    state(lake, "2026-06-01T00:00:00Z", decision="hold")
    assert not is_due(lake, "2026-06-02T00:00:00Z", corrections_within="60 days")


def test_the_first_statement_that_settles_a_month_stands_and_a_later_one_looks_again(
    lake: Lake,
) -> None:
    state(lake, FINAL_FROM, decision="hold")
    state(lake, "2026-05-02T00:00:00Z", decision="dispute")
    state(lake, "2026-06-01T00:00:00Z")
    (standing,) = due.standings(lake, [contract()], parse_instant("2026-06-02T00:00:00Z"))
    assert standing.statement is not None
    assert standing.statement["decision"] == "dispute"
    assert standing.looked_at == datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("2026-05-01T00:00:00Z", None),
        ("2026-05-02T00:00:00Z", None),
        ("2026-05-02T00:00:01Z", "dispute"),
        ("2026-07-01T00:00:00Z", "dispute"),
    ],
)
def test_a_month_was_settled_by_a_statement_of_before(
    lake: Lake, before: str, found: str | None
) -> None:
    state(lake, FINAL_FROM, decision="hold")
    state(lake, "2026-05-02T00:00:00Z", decision="dispute")
    state(lake, "2026-06-01T00:00:00Z")
    statement = due.settled_statement(lake, "acme", "2026-03", parse_instant(before))
    assert (statement and statement["decision"]) == found


def test_what_stood_at_an_instant_knows_nothing_of_later_statements(lake: Lake) -> None:
    state(lake, "2026-04-01T06:00:00Z", kind="provisional", decision="hold")
    state(lake, FINAL_FROM)
    stood = due.standing_statements(lake, "acme", until=parse_instant("2026-04-02T00:00:00Z"))
    assert stood["2026-03"]["kind"] == "provisional"
