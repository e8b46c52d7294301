"""A month without an invoice, without an event, or without either still has its statement."""

from decimal import Decimal
from typing import Any

import pytest

from recount.evaluator import Event, Line
from tests.support.cases import Case, Recounted, at, contract_of, recount

PERIOD, AS_OF = "2026-03", at("2026-06-01 00:00")
SOLVED = Event("e1", "T1", "ticket", "solved", at("2026-03-02 09:00"), "ai_agent")
BILLED = Line("l1", "T1", Decimal("1.00"))

NOTHING = Case(contract_of(contract="nothing"), [], PERIOD, AS_OF)
NO_INVOICE = Case(contract_of(contract="no-invoice"), [SOLVED], PERIOD, AS_OF)
NO_EVENTS = Case(contract_of(contract="no-events"), [], PERIOD, AS_OF, lines=[BILLED])


@pytest.fixture(scope="module")
def recounted(tmp_path_factory: pytest.TempPathFactory) -> Recounted:
    return recount([NOTHING, NO_INVOICE, NO_EVENTS], tmp_path_factory.mktemp("nothing"))


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row


@pytest.mark.parametrize(
    ("case", "invoiced", "recounted_count", "variance"),
    [(NOTHING, 0, 0, "0"), (NO_INVOICE, 0, 1, "-1"), (NO_EVENTS, 1, 0, "1")],
    ids=lambda each: each.contract.contract if isinstance(each, Case) else None,
)
def test_the_statement_says_what_was_invoiced_and_what_happened(
    recounted: Recounted, case: Case, invoiced: int, recounted_count: int, variance: str
) -> None:
    statement = only(recounted.rows("statements", case))
    assert statement["kind"] == "final"
    assert (statement["invoiced_count"], statement["recounted_count"]) == (
        invoiced,
        recounted_count,
    )
    assert statement["amount_variance"] == Decimal(variance)


@pytest.mark.parametrize("case", [NOTHING, NO_INVOICE, NO_EVENTS])
def test_every_hop_is_counted_where_there_is_nothing_to_count(
    recounted: Recounted, case: Case
) -> None:
    totals = only(recounted.rows("control_totals", case))
    assert totals["event_staged_count"] == len(case.events)
    assert totals["line_placed_count"] == totals["line_staged_count"] == len(case.lines)
