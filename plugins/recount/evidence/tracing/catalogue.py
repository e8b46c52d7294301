"""Every figure of a statement that is made of rows, by its path in the document."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from recount.evidence.tracing.figures import (
    CHARGES,
    DETERMINATIONS,
    LINES,
    MATCH_STATUSES,
    OUTCOMES,
    Figure,
    Part,
    Row,
    Terms,
    figure,
    over_invoiced,
    rows_where,
)


def figures_of(statement: Row, terms: Terms) -> dict[str, Figure]:
    """Return every figure of a statement that is made of rows, by its path in the document."""
    found = [
        *_of_outcomes(statement),
        *_of_both_sides(terms),
        *_of_amounts(statement),
        *_of_the_gap(statement),
        *_of_performance(statement),
        *_of_findings(statement),
    ]
    return {each.path: each for each in found}


def _of_outcomes(statement: Row) -> Iterator[Figure]:
    for outcome, said in statement["outcomes"].items():
        path = f"outcomes.{outcome}"
        for judged in ("candidates", "determinations"):
            for verdict in said[judged]:
                yield _judged(f"{path}.{judged}.{verdict}", judged, outcome, verdict)
        yield _judged(f"{path}.recounted_count", "determinations", outcome, "met")
        billed = rows_where(
            LINES, "the quantity of each line", lambda row: Decimal(row["quantity"]),
            outcome=outcome, line_kind=("outcome", "unattributed"),
        )  # fmt: skip
        yield figure(f"{path}.invoiced_count", billed)
        for status in MATCH_STATUSES:
            yield figure(
                f"{path}.lines.{status}",
                rows_where(LINES, f"each that is {status}", outcome=outcome, match_status=status),
            )
        for reason in said["reasons"]:
            part = rows_where(
                LINES, f"each line that is no outcome by {reason}", outcome=outcome,
                match_status="not_an_outcome", reason=reason,
            )  # fmt: skip
            yield figure(f"{path}.reasons.{reason}", part)


def _judged(path: str, mart: str, outcome: str, verdict: str) -> Figure:
    part = rows_where(
        mart, f"each that is {verdict}", outcome=outcome, counted_by="buyer", verdict=verdict
    )
    return figure(path, part)


def _of_both_sides(terms: Terms) -> Iterator[Figure]:
    def over(row: Row) -> Decimal | None:
        return over_invoiced(row, terms)

    def counted(row: Row) -> int | None:
        return None if over(row) is None or row["match_status"] == "wrong_price" else 1

    def missed(row: Row) -> Decimal:
        return Decimal(row["unit_price_contract"] or 0)

    says = "each line that is over-invoiced"
    yield figure("over_invoiced.count", Part(LINES, says, counted), _in_total("over", "count"))
    yield figure(
        "over_invoiced.amount",
        Part(LINES, f"{says}, at what it bills too much", over),
        _in_total("over", "amount"),
        is_money=True,
    )
    says = "each outcome that was not invoiced"
    yield figure(
        "under_invoiced.count",
        rows_where(LINES, says, match_status="not_invoiced"),
        _in_total("under", "count"),
    )
    yield figure(
        "under_invoiced.amount",
        rows_where(LINES, f"{says}, at its price", missed, match_status="not_invoiced"),
        _in_total("under", "amount"),
        is_money=True,
    )


def _in_total(side: str, measure: str) -> Part:
    """Say what an outcome that is billed without subjects adds: no line says whose it is."""
    name = f"{side}_invoiced"
    column = f"amount_{name}_in_total" if measure == "amount" else f"{name}_in_total_count"

    def adds(row: Row) -> Decimal | int | None:
        return row[column] or None

    return Part(OUTCOMES, "what is billed in total only", adds)


def _amount(says: str, sign: int) -> Part:
    def adds(row: Row) -> Decimal | None:
        return None if row["amount_invoiced"] is None else sign * row["amount_invoiced"]

    return Part(LINES, says, adds)


def _charged(basis: str, says: str, sign: int = 1) -> Part:
    return rows_where(CHARGES, says, lambda row: sign * row["amount"], basis=basis)


INVOICED = _amount("what each line bills", 1)
RECOUNTED = _charged("recounted", "less what the contract charges for what we count", -1)
PAYABLE = _charged("payable", "less what nobody can contest, at the contract's terms", -1)


def _of_amounts(statement: Row) -> Iterator[Figure]:
    money = {"is_money": True}
    pending = rows_where(
        LINES, "what each pending line bills", lambda row: row["amount_invoiced"],
        match_status="pending",
    )  # fmt: skip
    ours = _charged("recounted", "what the contract charges for what we count")
    yield figure("amounts.invoiced", INVOICED, **money)
    yield figure("amounts.recounted", ours, **money)
    yield figure("amounts.variance", INVOICED, RECOUNTED, **money)
    yield figure("amounts.pending", pending, **money)
    at_most = Decimal(statement["amounts"]["at_most"])
    is_more = at_most > Decimal(statement["amounts"]["recounted"])
    open_too = _charged("at_most", "what the contract charges if all that is open is met")
    yield figure("amounts.at_most", open_too if is_more else ours, **money)
    contested = {"is_money": True, "is_never_negative": True}
    decision = statement["decision"]
    for name, decisions in (("disputed", ("dispute",)), ("reserved", ("hold", "query"))):
        parts = (INVOICED, PAYABLE) if decision in decisions else ()
        yield figure(f"amounts.{name}", *parts, **contested)
    yield _paid(statement, "amounts.pay_now")
    if statement["settles"]:
        has_invoice = "invoice" in statement["inputs"]
        settled = _paid(statement, "settles.amount")
        yield settled if has_invoice else figure("settles.amount", ours, is_money=True)


def _paid(statement: Row, path: str) -> Figure:
    """What is paid is the invoice, or what nobody can contest of it where that is less."""
    payable = _charged("payable", "what nobody can contest, at the contract's terms")
    withheld = Decimal(statement["amounts"]["invoiced"]) - Decimal(statement["amounts"]["pay_now"])
    return figure(path, payable if withheld else INVOICED, is_money=True)


def _of_the_gap(statement: Row) -> Iterator[Figure]:
    parts = [part for part in statement["gap"] if part != "amounts"]
    for part in parts:
        yield figure(f"gap.{part}", _explained(part, _quantity))
        yield figure(f"gap.amounts.{part}", _explained(part, _explained_amount), is_money=True)
    explained = [_explained(part, lambda row: -_explained_amount(row), "less ") for part in parts]
    yield figure(
        "gap.amounts.arithmetic",
        INVOICED,
        RECOUNTED,
        *explained,
        is_money=True,
        rounds_parts=True,
    )


def _explained(part: str, adds: Callable[[Row], Decimal], sign: str = "") -> Part:
    return rows_where(LINES, f"{sign}what {part} explains", adds, gap_part=part)


def _quantity(row: Row) -> Decimal:
    sign = -1 if row["line_kind"] == "recount" else 1
    return Decimal(sign * row["quantity"])


def _explained_amount(row: Row) -> Decimal:
    """What is ours alone stands against the invoice, at the contract's price."""
    return Decimal(
        -row["amount_recounted"] if row["line_kind"] == "recount" else row["amount_invoiced"]
    )


def _of_performance(statement: Row) -> Iterator[Figure]:
    """How outcomes did together rests on their determinations, also where they are not billed."""
    for term, said in statement.get("performance", {}).items():
        for name, verdicts in (("met", ("met",)), ("judged", ("met", "not_met"))):
            part = rows_where(
                DETERMINATIONS, f"each that is {' or '.join(verdicts)}", outcome=said["of"],
                counted_by=("buyer", "measured"), verdict=verdicts,
            )  # fmt: skip
            yield figure(f"performance.{term}.{name}", part)


_OF_FINDINGS = {
    "line_type_unknown": ("line_kind", "unknown"),
    "line_unattributed": ("line_kind", "unattributed"),
    "line_unverifiable": ("match_status", "unverifiable"),
    "price_differs": ("match_status", "wrong_price"),
}


def _of_findings(statement: Row) -> Iterator[Figure]:
    """Findings that count lines; the others count what no mart has row by row."""
    for rule in sorted({each["rule"] for each in statement["findings"]} & _OF_FINDINGS.keys()):
        yield figure(f"findings.{rule}", _lines_with(*_OF_FINDINGS[rule]))


def _lines_with(column: str, value: str) -> Part:
    def adds(row: Row) -> int | None:
        return 1 if row[column] == value else None

    return Part(LINES, f"each line whose {column} is {value}", adds)
