"""`decide` and the divergence are pure: a table of statements, terms and findings (DESIGN 8)."""

from dataclasses import FrozenInstanceError, dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from recount.decide import Decision, Terms, decide, divergence, percent, settles
from recount.statement import Counted, Drawn, Kind, Sides, Statement

NOTHING = Counted(0, Decimal(0))
FINAL = Statement(
    contract="acme",
    version=1,
    period="2026-01",
    as_of=datetime(2026, 6, 1, tzinfo=UTC),
    final_from=datetime(2026, 3, 3, tzinfo=UTC),
    kind=Kind.FINAL,
    currency="USD",
    minor_units=100,
    outcomes={},
    invoiced=Counted(100, Decimal("100.00")),
    recounted=Counted(97, Decimal("97.00")),
    at_most=Decimal("97.00"),
    over_invoiced=Counted(3, Decimal("3.00")),
    under_invoiced=NOTHING,
    pending=NOTHING,
    unverifiable_count=0,
    contested=Decimal("3.00"),
    gap={},
    arithmetic=Decimal(0),
)
TWO_PERCENT = Terms(Decimal(2), "invoiced", "count", True, False, "query")
PROVISIONAL = replace(FINAL, kind=Kind.PROVISIONAL)
WITHIN = replace(FINAL, over_invoiced=Counted(2, Decimal("2.00")), contested=Decimal("2.00"))
DARK = replace(WITHIN, unverifiable_count=5)
QUERY_ONLY = replace(TWO_PERCENT, may_reclassify=False)


@dataclass(frozen=True)
class Found:
    severity: str
    because: str = "the export is cut off"


HOLD, NOTE = Found("hold"), Found("note", "one line has another price")

TABLE: list[tuple[str, Statement, Terms, list[Found], tuple[str, str, str, str, str]]] = [
    ("above", FINAL, TWO_PERCENT, [], ("dispute", "recount", "3.00", "0", "97.00")),
    ("above, noted", FINAL, TWO_PERCENT, [NOTE], ("dispute", "recount", "3.00", "0", "97.00")),
    ("above, held", FINAL, TWO_PERCENT, [NOTE, HOLD], ("hold", "invoice", "0", "3.00", "97.00")),
    ("provisional", PROVISIONAL, TWO_PERCENT, [], ("hold", "invoice", "0", "3.00", "97.00")),
    ("no right", FINAL, QUERY_ONLY, [], ("query", "invoice", "0", "3.00", "100.00")),
    ("no right, held", FINAL, QUERY_ONLY, [HOLD], ("hold", "invoice", "0", "3.00", "97.00")),
    ("within", WITHIN, TWO_PERCENT, [], ("pay", "invoice", "0", "0", "100.00")),
    ("within, held", WITHIN, TWO_PERCENT, [HOLD], ("hold", "invoice", "0", "2.00", "98.00")),
    ("dark", DARK, TWO_PERCENT, [], ("query", "invoice", "0", "2.00", "100.00")),
    ("dark, accepted", DARK, replace(TWO_PERCENT, unverifiable="accept"), [],
     ("pay", "invoice", "0", "0", "100.00")),
    ("dark, above", replace(FINAL, unverifiable_count=5), TWO_PERCENT, [],
     ("dispute", "recount", "3.00", "0", "97.00")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "terms", "findings", "expected"), [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)  # fmt: skip
def test_each_state_of_the_month_has_one_decision(
    statement: Statement, terms: Terms, findings: list[Found], expected: tuple[str, ...]
) -> None:
    decision = decide(statement, terms, findings=findings)
    action, billing_source, *amounts = expected
    assert (decision.action, decision.billing_source) == (action, billing_source)
    found = [decision.disputed, decision.reserved, decision.pay_now]
    assert found == [Decimal(amount) for amount in amounts]


LARGE = Sides(Counted(90, Decimal(90)), Counted(90, Decimal(90)), NOTHING, NOTHING)
SMALL = Sides(Counted(10, Decimal(10)), Counted(9, Decimal(9)), Counted(1, Decimal(1)), NOTHING)
MIXED = replace(
    FINAL, over_invoiced=Counted(1, Decimal(1)), by_outcome={"resolution": LARGE, "meeting": SMALL}
)


def test_together_a_small_outcome_that_is_all_wrong_is_within_the_tolerance() -> None:
    assert decide(MIXED, TWO_PERCENT, findings=[]).action == "pay"


def test_each_by_itself_any_outcome_above_the_tolerance_is_why() -> None:
    decision = decide(MIXED, replace(TWO_PERCENT, per="outcome"), findings=[])
    assert decision.action == "dispute"
    assert decision.because == (
        "meeting is over-invoiced by 10.00 % of what was invoiced (count), above the tolerance of "
        "2 %"
    )


def test_each_by_itself_exactly_at_the_tolerance_passes() -> None:
    terms = replace(TWO_PERCENT, per="outcome", tolerance_percent=Decimal(10))
    assert decide(MIXED, terms, findings=[]).action == "pay"


def over(amount: str, count: int = 3) -> Statement:
    return replace(FINAL, over_invoiced=Counted(count, Decimal(amount)))


@pytest.mark.parametrize(("amount", "action"), [("3.00", "pay"), ("3.01", "dispute")])
def test_over_invoicing_of_exactly_the_least_amount_passes_whatever_its_share(
    amount: str, action: str
) -> None:
    terms = replace(TWO_PERCENT, at_least=Decimal("3.00"))
    assert decide(over(amount), terms, findings=[]).action == action


@pytest.mark.parametrize(("amount", "action"), [("1.50", "pay"), ("1.51", "dispute")])
def test_over_invoicing_of_exactly_the_most_amount_passes_and_more_never(
    amount: str, action: str
) -> None:
    terms = replace(TWO_PERCENT, at_most=Decimal("1.50"))
    assert decide(over(amount, count=1), terms, findings=[]).action == action


def test_the_tolerance_is_said_with_its_bounds_where_it_has_any() -> None:
    bounded = replace(TWO_PERCENT, at_least=Decimal("3.00"), at_most=Decimal("9.00"))
    said = [decide(WITHIN, terms, findings=[]).because for terms in (TWO_PERCENT, bounded)]
    assert said == [
        "over-invoicing is within the tolerance of 2 %",
        "over-invoicing is within the tolerance of 2 %, at least 3.00, at most 9.00",
    ]


def test_what_was_not_invoiced_is_set_off_only_where_the_contract_says_so() -> None:
    missed = replace(FINAL, under_invoiced=Counted(1, Decimal("1.00")))
    assert decide(missed, TWO_PERCENT, findings=[]).action == "dispute"
    assert decide(missed, replace(TWO_PERCENT, may_set_off=True), findings=[]).action == "pay"


@pytest.mark.parametrize(
    ("statement", "terms", "has_invoice", "settled"),
    [
        (FINAL, TWO_PERCENT, True, ("97.00", "80")),
        (WITHIN, TWO_PERCENT, True, ("100.00", "100")),
        (FINAL, QUERY_ONLY, True, ("100.00", "100")),
        (WITHIN, TWO_PERCENT, False, ("97.00", "60")),
        (PROVISIONAL, TWO_PERCENT, True, None),
        (PROVISIONAL, TWO_PERCENT, False, None),
    ],
)
def test_a_month_settles_what_is_paid_and_the_credits_of_the_count_that_stands(
    statement: Statement, terms: Terms, has_invoice: bool, settled: tuple[str, str] | None
) -> None:
    drawn = replace(statement, credits=Drawn(Decimal(100), Decimal(60), Decimal(80)))
    decision = decide(statement, terms, findings=[])
    expected = settled and tuple(map(Decimal, settled))
    assert settles(drawn, decision, has_invoice=has_invoice) == expected


@pytest.mark.parametrize("terms", [TWO_PERCENT, QUERY_ONLY])
@pytest.mark.parametrize("has_invoice", [True, False])
def test_a_month_without_credits_settles_none(terms: Terms, has_invoice: bool) -> None:
    found = settles(FINAL, decide(FINAL, terms, findings=[]), has_invoice=has_invoice)
    assert found is not None
    assert found[1] == 0


def test_the_first_finding_that_holds_is_why() -> None:
    findings = [NOTE, Found("hold", "first"), Found("hold", "second")]
    assert decide(FINAL, TWO_PERCENT, findings=findings).because == "first"


def test_the_same_statement_gives_the_same_decision() -> None:
    def once() -> Decision:
        return decide(FINAL, TWO_PERCENT, findings=[NOTE])

    assert once() == once()
    with pytest.raises(FrozenInstanceError):
        once().action = "pay"  # type: ignore[misc,assignment]


def diverging(invoiced: int, recounted: int) -> Statement:
    return replace(
        FINAL,
        invoiced=Counted(invoiced, Decimal(invoiced)),
        recounted=Counted(recounted, Decimal(recounted)),
    )


@pytest.mark.parametrize(
    ("invoiced", "recounted", "expected"),
    [
        (41_000, 27_000, ("34.15", "51.85", "34.15")),
        (27_000, 41_000, ("-51.85", "-34.15", "-34.15")),
        (0, 0, ("0.00", "0.00", "0.00")),
        (5, 0, ("100.00", None, "100.00")),
        (0, 5, (None, "-100.00", "-100.00")),
        (7, 7, ("0.00", "0.00", "0.00")),
    ],
)
def test_the_divergence_is_the_plain_net_figure_of_each_denominator(
    invoiced: int, recounted: int, expected: tuple[str | None, ...]
) -> None:
    found = divergence(diverging(invoiced, recounted), "count")
    assert tuple(found.values()) == expected
    assert list(found) == ["of_invoiced", "of_recounted", "of_larger"]


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        ("67", "20000", "0.34"),
        ("9", "20000", "0.04"),
        ("0.5", "100", "0.50"),
        ("14000", "41000", "34.15"),
        ("14000", "27000", "51.85"),
        ("1", "800", "0.12"),  # 0.125 %: halves go to the even digit
        ("3", "800", "0.38"),  # 0.375 %
        ("-3", "800", "-0.38"),
        ("-1", "100000", "0.00"),  # no minus before a zero
        ("1.00000000000000000001", "800", "0.13"),
        ("0", "0", "0.00"),
        ("1", "0", None),
    ],
)
def test_a_share_is_rounded_once_half_even(part: str, whole: str, expected: str | None) -> None:
    assert percent(Decimal(part), Decimal(whole)) == expected


def test_money_is_written_with_the_decimals_of_its_currency() -> None:
    def written(minor_units: int) -> Any:
        return replace(FINAL, minor_units=minor_units).money(Decimal(1234))

    assert [written(units) for units in (1, 100, 1000)] == ["1234", "1234.00", "1234.000"]
