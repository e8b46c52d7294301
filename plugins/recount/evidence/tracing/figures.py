"""Which rows of which mart a figure of a statement is made of, and what each of them adds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Adds = Callable[[Row], Decimal | int | None]

LINES, CHARGES, OUTCOMES = "reconciliation_lines", "charges", "statement_outcomes"
OVER_INVOICED = (
    "duplicate", "unknown_subject", "out_of_scope", "out_of_period", "not_an_outcome",
)  # fmt: skip


MATCH_STATUSES = (*OVER_INVOICED, "unverifiable", "pending", "wrong_price", "agreed",
                  "not_invoiced")  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Some rows of a mart; `adds` is what one adds to the figure, None where it is not of it."""

    mart: str
    says: str
    adds: Adds


@dataclass(frozen=True)
class Figure:
    """A figure as the statement says it, and its parts, whose rows add up to it.

    `is_money`: it is rounded to the minor unit; each part by itself where `rounds_parts`.
    `is_never_negative`: what would be below nothing is nothing.
    """

    path: str
    says: str
    parts: tuple[Part, ...]
    is_money: bool = False
    rounds_parts: bool = False
    is_never_negative: bool = False


@dataclass(frozen=True)
class Terms:
    """What a contract says that decides which lines count as over-invoiced."""

    disputes_unverifiable: bool
    priced_by_value: frozenset[str]


def figures_of(statement: Row, terms: Terms) -> dict[str, Figure]:
    """Return every figure of a statement that is made of rows, by its path in the document."""
    found = [
        *_of_outcomes(statement),
        *_of_both_sides(terms),
        *_of_amounts(statement),
        *_of_the_gap(statement),
    ]
    return {figure.path: figure for figure in found}


def over_invoiced(line: Row, terms: Terms) -> Decimal | None:
    """Return what a line bills too much (DESIGN 8); None where it is not over-invoiced."""
    status, amount = line["match_status"], line["amount_invoiced"]
    disputed = status == "unverifiable" and terms.disputes_unverifiable
    if status in OVER_INVOICED or disputed:
        return Decimal(amount or 0)
    if status == "wrong_price" and line["outcome"] in terms.priced_by_value:
        return max(Decimal(amount - line["unit_price_contract"]), Decimal(0))
    return None


def value_at(statement: Row, path: str) -> str:
    """Return what the statement says at a path, as text; a count that it leaves out is 0."""
    *way, last = path.split(".")
    place: Any = statement
    for step in way:
        place = place[step]
    return str(place.get(last, 0))


def rows_where(mart: str, says: str, adds: Adds | None = None, **values: object) -> Part:
    """Make a part of the rows with these values; each adds 1 unless `adds` says otherwise."""

    def added(row: Row) -> Decimal | int | None:
        fits = all(
            row[column] in value if isinstance(value, tuple) else row[column] == value
            for column, value in values.items()
        )
        if not fits:
            return None
        return 1 if adds is None else adds(row)

    return Part(mart, says, added)


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
        yield _figure(f"{path}.invoiced_count", billed)
        for status in MATCH_STATUSES:
            yield _figure(
                f"{path}.lines.{status}",
                rows_where(LINES, f"each that is {status}", outcome=outcome, match_status=status),
            )
        for reason in said["reasons"]:
            part = rows_where(
                LINES, f"each line that is no outcome by {reason}", outcome=outcome,
                match_status="not_an_outcome", reason=reason,
            )  # fmt: skip
            yield _figure(f"{path}.reasons.{reason}", part)


def _judged(path: str, mart: str, outcome: str, verdict: str) -> Figure:
    part = rows_where(
        mart, f"each that is {verdict}", outcome=outcome, counted_by="buyer", verdict=verdict
    )
    return _figure(path, part)


def _figure(path: str, *parts: Part, **how: Any) -> Figure:
    says = "; ".join(f"{part.mart}: {part.says}" for part in parts)
    return Figure(path, says or "nothing", parts, **how)


def _of_both_sides(terms: Terms) -> Iterator[Figure]:
    def over(row: Row) -> Decimal | None:
        return over_invoiced(row, terms)

    def counted(row: Row) -> int | None:
        return None if over(row) is None or row["match_status"] == "wrong_price" else 1

    def missed(row: Row) -> Decimal:
        return Decimal(row["unit_price_contract"] or 0)

    says = "each line that is over-invoiced"
    yield _figure("over_invoiced.count", Part(LINES, says, counted), _in_total("over", "count"))
    yield _figure(
        "over_invoiced.amount",
        Part(LINES, f"{says}, at what it bills too much", over),
        _in_total("over", "amount"),
        is_money=True,
    )
    says = "each outcome that was not invoiced"
    yield _figure(
        "under_invoiced.count",
        rows_where(LINES, says, match_status="not_invoiced"),
        _in_total("under", "count"),
    )
    yield _figure(
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
    yield _figure("amounts.invoiced", INVOICED, **money)
    yield _figure("amounts.recounted", ours, **money)
    yield _figure("amounts.variance", INVOICED, RECOUNTED, **money)
    yield _figure("amounts.pending", pending, **money)
    at_most = Decimal(statement["amounts"]["at_most"])
    is_more = at_most > Decimal(statement["amounts"]["recounted"])
    open_too = _charged("at_most", "what the contract charges if all that is open is met")
    yield _figure("amounts.at_most", open_too if is_more else ours, **money)
    contested = {"is_money": True, "is_never_negative": True}
    decision = statement["decision"]
    for name, decisions in (("disputed", ("dispute",)), ("reserved", ("hold", "query"))):
        parts = (INVOICED, PAYABLE) if decision in decisions else ()
        yield _figure(f"amounts.{name}", *parts, **contested)
    yield _pay_now(statement)


def _pay_now(statement: Row) -> Figure:
    """What is paid is the invoice, or what nobody can contest of it where that is less."""
    payable = _charged("payable", "what nobody can contest, at the contract's terms")
    withheld = Decimal(statement["amounts"]["invoiced"]) - Decimal(statement["amounts"]["pay_now"])
    return _figure("amounts.pay_now", payable if withheld else INVOICED, is_money=True)


def _of_the_gap(statement: Row) -> Iterator[Figure]:
    parts = [part for part in statement["gap"] if part != "amounts"]
    for part in parts:
        yield _figure(f"gap.{part}", _explained(part, _quantity))
        yield _figure(f"gap.amounts.{part}", _explained(part, _explained_amount), is_money=True)
    explained = [_explained(part, lambda row: -_explained_amount(row), "less ") for part in parts]
    yield _figure(
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
