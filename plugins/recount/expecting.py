"""What a month comes to by our own count, on any day and without its invoice; and its accrual."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from recount import due
from recount.contract.model import Contract
from recount.earlier import EarlierMonths, pin_earlier_months
from recount.month import Month
from recount.periods import Period, format_instant
from recount.pins import land, pin_of
from recount.recounting import recounted
from recount.stages import Progress
from recount.statement import Statement, from_marts

_MARTS = ("statements", "statement_outcomes", "line_totals", "verdict_totals", "performance")


@dataclass(frozen=True)
class Accounts:
    """The two accounts of an accrual, as the books name them."""

    expense: str
    accrued: str


def expect(
    month: Month, *, refresh: bool = False, progress: Progress = lambda _: None
) -> dict[str, Any]:
    """Return what a month comes to by what is known at its `as_of`, as JSON has it.

    The evidence is landed as for any run; the invoice is not looked at, and nothing is published or
    sent. `so_far` is the price of what is met, `at_most` that of all that can still be charged. A
    month may still run: its first instant must be before `as_of`, or ContractError.
    """
    contract = month.contract
    period = Period.named(month.period, contract.zone)
    if month.instant <= period.starts_at:
        begins = format_instant(period.starts_at)
        raise contract.error("time_zone", f"{month.period} begins at {begins}; expect it later")
    for source in contract.evidence_sources:
        progress(f"landing {source}")
        land(month, source, refresh=refresh, progress=progress)
    streams = {source: pin_of(month, source)["streams"] for source in contract.evidence_sources}
    earlier = EarlierMonths.of(pin_earlier_months(month, refresh=refresh))
    progress("staging, classifying and pricing")
    with recounted(month, contract, streams, earlier.balances(contract, month.period)) as built:
        statement = from_marts({name: built.mart(name) for name in _MARTS}, contract.minor_units)
        steps = [row for row in built.mart("charges").to_pylist() if row["basis"] == "recounted"]
    return {
        "contract": contract.contract,
        "version": contract.version,
        "period": month.period,
        "as_of": month.as_of,
        "is_over": month.instant >= period.ends_at,
        "currency": contract.currency,
        "outcomes": {name: of["determinations"] for name, of in statement.outcomes.items()},
        "so_far": statement.money(statement.recounted.amount),
        "at_most": statement.money(statement.at_most),
        "steps": [_step(step, statement) for step in steps],
        "open_earlier_months": list(earlier.open_periods),
    }


def _step(row: Mapping[str, Any], statement: Statement) -> dict[str, Any]:
    return {
        "term": row["term"] if row["tier"] is None else f"{row['term']}.{row['tier']}",
        "quantity": f"{row['quantity'].normalize():f}",
        "amount": statement.money(row["amount"]),
    }


def accrual(month: Month, expected: Mapping[str, Any], accounts: Accounts) -> dict[str, Any]:
    """Return the entries that accrue an expected charge and reverse it, as JSON has them.

    They stand on the month's last day and on the first of the next, and debits equal credits. There
    are none where the invoice is known already, which is booked itself, and where nothing is owed.
    """
    contract = month.contract
    invoiced = _invoiced(month, contract)
    amount = expected["at_most"]
    entries: list[dict[str, str]] = []
    if invoiced is None and Decimal(amount):
        following = Period.named(month.period, contract.zone).next(contract.zone).first_day
        text = f"{contract.parties.vendor}, {month.period}, by {contract.contract}"
        entries = [
            *_entry(
                following - timedelta(days=1), text, amount, accounts.expense, accounts.accrued
            ),
            *_entry(following, f"reversed: {text}", amount, accounts.accrued, accounts.expense),
        ]
    return {
        **{key: expected[key] for key in ("contract", "period", "as_of", "currency", "at_most")},
        "invoiced": invoiced,
        "entries": entries,
    }


def _invoiced(month: Month, contract: Contract) -> str | None:
    """What was invoiced by the statement that stands; None where there is no invoice yet."""
    standing = due.standing_statements(month.lake, contract.contract, until=month.instant)
    statement = standing.get(month.period)
    missing = {"invoice_missing", "invoice_not_configured"}
    if statement is None or missing & {each["rule"] for each in statement["findings"]}:
        return None
    invoiced: str = statement["amounts"]["invoiced"]
    return invoiced


def _entry(on: date, text: str, amount: str, debit: str, credit: str) -> Iterator[dict[str, str]]:
    for account, sides in ((debit, (amount, "")), (credit, ("", amount))):
        yield {
            "on": on.isoformat(), "account": account, "debit": sides[0], "credit": sides[1],
            "text": text,
        }  # fmt: skip


def expected_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield an expected charge for people."""
    currency = document["currency"]
    until = "ended" if document["is_over"] else "still runs"
    yield f"{document['contract']} {document['period']} ({until}), as of {document['as_of']}"
    for outcome, verdicts in document["outcomes"].items():
        counts = ", ".join(
            f"{number:,} {verdict}" for verdict, number in verdicts.items() if number
        )
        yield f"  {outcome}: {counts or 'nothing yet'}"
    for step in document["steps"]:
        yield f"  {step['term']:<28}{step['quantity']:>18}{step['amount']:>18} {currency}"
    yield f"  {'so far':<46}{document['so_far']:>18} {currency}"
    yield f"  {'at most':<46}{document['at_most']:>18} {currency}"
    if document["open_earlier_months"]:
        months = ", ".join(document["open_earlier_months"])
        yield f"  {months} are not settled: what they share with this month is taken as unused"


def accrual_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield an accrual for people."""
    yield f"{document['contract']} {document['period']}, in {document['currency']}"
    for entry in document["entries"]:
        yield (
            f"  {entry['on']}  {entry['account']:<24}{entry['debit']:>16}{entry['credit']:>16}"
            f"  {entry['text']}"
        )
    if document["invoiced"] is not None:
        yield f"  The invoice of {document['invoiced']} is there: book it; nothing is accrued."
    elif not document["entries"]:
        yield "  Nothing is owed, and nothing accrued."
