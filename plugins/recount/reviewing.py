"""What settled months say together: for whoever reviews a contract, renews it, or leaves it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from recount import baseline_spend, due
from recount.contract.model import Contract
from recount.decide import percent
from recount.lake import Lake
from recount.money import each, written
from recount.periods import format_instant


def review(
    lake: Lake,
    contract: Contract,
    as_of: datetime,
    baseline: Decimal | None = None,
    spend: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what the months of a contract that were settled by an instant say, as JSON has it.

    `baseline` is what an outcome costs without the vendor, and `spend` what support cost before it
    came; where that is all that is given, the cost of a ticket then is the baseline. Amounts and
    shares are text; a price of each has four decimals. What is compared with nothing is null.
    """
    if baseline is None and spend is not None and spend["each"] is not None:
        baseline = Decimal(spend["each"])
    standing = due.standing_statements(lake, contract.contract, until=as_of)
    settled = {name: of for name, of in sorted(standing.items()) if due.is_settled(of)}
    months = [_month(name, of, settled) for name, of in settled.items()]
    return {
        "contract": contract.contract,
        "version": contract.version,
        "as_of": format_instant(as_of),
        "currency": contract.currency,
        "months": months,
        "months_above_tolerance": _streak(months),
        "growth": _growth(contract, months),
        "prices": _prices(contract, settled.values(), baseline),
        "baseline_spend": spend,
        "exit": _exit(contract, as_of),
        "regulations": {
            name: each.model_dump(mode="json") for name, each in contract.regulations.items()
        },
    }


def _month(
    period: str, statement: Mapping[str, Any], settled: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    before = settled.get(f"{int(period[:4]) - 1:04}{period[4:]}")
    invoiced = _count(statement, "invoiced_count")
    growth = None
    if before is not None:
        then = _count(before, "invoiced_count")
        growth = percent(Decimal(invoiced - then), Decimal(then))
    return {
        "period": period,
        "invoiced_count": invoiced,
        "recounted_count": _count(statement, "recounted_count"),
        "settled": statement["settles"]["amount"],
        "divergence": statement["divergence"]["of_invoiced"],
        "is_above_tolerance": statement["is_above_tolerance"],
        "growth": growth,
    }


def _count(statement: Mapping[str, Any], figure: str) -> int:
    return sum(outcome[figure] for outcome in statement["outcomes"].values())


def _streak(months: Sequence[Mapping[str, Any]]) -> int:
    """How many of the last months were above the tolerance, one after the other."""
    count = 0
    for month in reversed(months):
        if not month["is_above_tolerance"]:
            break
        count += 1
    return count


def _growth(contract: Contract, months: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The months of which the vendor counts more than a year before by more than is agreed."""
    most = contract.exit.growth if contract.exit else None
    above = [
        month["period"]
        for month in months
        if most is not None and month["growth"] is not None and Decimal(month["growth"]) > most
    ]
    return {"at_most": None if most is None else str(most), "months_above": above}


def _prices(
    contract: Contract, statements: Iterable[Mapping[str, Any]], baseline: Decimal | None
) -> dict[str, Any]:
    """What an outcome cost: as billed, as it happened, and what is fair for the vendor's count.

    The fair price is the one at which the vendor's own count comes to what happened; the discount
    is how far it lies below the billed one.
    """
    found = list(statements)
    billed, happened, paid = (
        sum(map(Decimal, amounts), Decimal(0))
        for amounts in (
            [of["amounts"]["invoiced"] for of in found],
            [of["amounts"]["recounted"] for of in found],
            [of["settles"]["amount"] for of in found],
        )
    )
    invoiced = sum(_count(of, "invoiced_count") for of in found)
    recounted = sum(_count(of, "recounted_count") for of in found)
    price = each(paid, recounted)
    return {
        "billed_each": each(billed, invoiced),
        "fair_each": each(happened, invoiced),
        "discount": percent(billed - happened, billed),
        "paid_for_each_outcome": price,
        "baseline": None if baseline is None else f"{baseline:f}",
        "is_below_baseline": None
        if baseline is None or price is None
        else paid < baseline * recounted,
        "paid": written(paid, contract.minor_units),
    }


def _exit(contract: Contract, as_of: datetime) -> dict[str, Any] | None:
    """When the contract ends if notice is given now, and until when that shortens its term."""
    if contract.exit is None:
        return None
    today, until = as_of.astimezone(contract.zone).date(), contract.effective.until
    notice: timedelta = contract.exit.notice
    return {
        "notice_days": notice.days,
        "ends_if_noticed_now": (today + notice).isoformat(),
        "term_ends": None if until is None else until.isoformat(),
        "last_day_to_notice": None if until is None else (until - notice).isoformat(),
    }


def is_alarming(document: Mapping[str, Any]) -> bool:
    """Say whether a review found something to act on."""
    prices = document["prices"]
    return bool(
        document["months_above_tolerance"]
        or document["growth"]["months_above"]
        or prices["is_below_baseline"] is False
        or any(each["adherence"] == "broken" for each in document["regulations"].values())
    )


def review_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a review for people."""
    currency, prices, leaving = document["currency"], document["prices"], document["exit"]
    yield f"{document['contract']} version {document['version']}, as of {document['as_of']}"
    heads = (f"{head:>12}" for head in ("invoiced", "recounted", "divergence", "in a year"))
    yield f"  {'month':<10}{''.join(heads)}{'settled':>16}"
    for month in document["months"]:
        above = "  above the tolerance" if month["is_above_tolerance"] else ""
        yield (
            f"  {month['period']:<10}{month['invoiced_count']:>12,}{month['recounted_count']:>12,}"
            f"{_share(month['divergence']):>12}{_share(month['growth']):>12}"
            f"{month['settled']:>16}{above}"
        )
    yield from _regulation_lines(document["regulations"])
    if document["baseline_spend"]:
        yield from baseline_spend.lines(document["baseline_spend"], currency)
    if not document["months"]:
        yield "  No month is settled yet."
        return
    yield f"  {document['months_above_tolerance']} of the last months in a row above the tolerance"
    for period in document["growth"]["months_above"]:
        most = document["growth"]["at_most"]
        yield f"  {period}: the vendor counts over {most} % more than a year before"
    yield (
        f"  billed {prices['billed_each']} {currency} each; fair for that count would be "
        f"{prices['fair_each']}, {_share(prices['discount'])} less"
    )
    yield f"  paid {prices['paid_for_each_outcome']} {currency} for each outcome of ours"
    if prices["baseline"] is not None:
        than = "below" if prices["is_below_baseline"] else "not below"
        yield f"  which is {than} the baseline of {prices['baseline']} {currency}"
    if leaving:
        yield f"  notice given now ends the contract on {leaving['ends_if_noticed_now']}"
        if leaving["last_day_to_notice"]:
            last_day = leaving["last_day_to_notice"]
            yield f"  its term ends on {leaving['term_ends']}; notice shortens it until {last_day}"


def _regulation_lines(regulations: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, of in regulations.items():
        checked = f" ({of['checked_by']}, {of['checked_on']})" if of["checked_on"] else ""
        shown = f", {of['evidence']}" if of["evidence"] else ""
        yield f"  {of['adherence']}{checked}: {name}, {of['says']}{shown}"


def _share(share: str | None) -> str:
    return "-" if share is None else f"{share} %"
