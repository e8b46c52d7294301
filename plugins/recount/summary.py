"""A statement as a few lines for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

_AMOUNTS = ("invoiced", "recounted", "at_most", "variance", "disputed", "reserved", "pay_now")


def summary(statement: Mapping[str, Any]) -> str:
    """Say on one screen what a statement says; figures are the statement's own."""
    return "\n".join(_lines(statement))


def _lines(statement: Mapping[str, Any]) -> Iterator[str]:
    amounts, currency = statement["amounts"], statement["currency"]
    yield (
        f"{statement['contract']} version {statement['version']}, {statement['period']}, "
        f"{statement['kind']} as of {statement['as_of']}"
    )
    for name, outcome in statement["outcomes"].items():
        yield (
            f"  {name}: {outcome['invoiced_count']:,} invoiced, "
            f"{outcome['recounted_count']:,} recounted"
        )
        for status, count in sorted(outcome["lines"].items(), key=lambda each: -each[1]):
            yield f"    {count:>9,}  {status}"
            if status == "not_an_outcome":
                for reason, number in sorted(outcome["reasons"].items()):
                    yield f"    {number:>13,}  {reason}"
    for name in _AMOUNTS:
        if name == "at_most" and amounts[name] == amounts["recounted"]:
            continue  # nothing is open
        yield f"  {name:<10} {amounts[name]:>16} {currency}"
    for name, of in statement.get("performance", {}).items():
        share = of["percent"] and f"{of['percent']} % of {of['judged']:,} are {of['of']}"
        if of["per"] != "month":
            share = f"{of['intervals']['reached']} of {of['intervals']['judged']} {of['per']}s"
        yield f"  {name}: {share or 'none decided'}, {of['amount']} {currency}"
    for name, balance in statement.get("balances", {}).items():
        shown = ", ".join(f"{what} {figure}" for what, figure in balance.items() if figure)
        yield f"  {name}: {shown}"
    for finding in statement["findings"]:
        yield f"  {finding['severity']}: {finding['because']} ({finding['observed']})"
    notice = statement["notice"]
    yield f"Decision: {statement['decision']} - {statement['because']}"
    if notice:
        yield f"Notice {notice['id']}: {notice['state']}"
