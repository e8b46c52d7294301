"""Which months are due: found from the published statements, never from a scheduler's history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from recount import published
from recount.contract.model import Contract
from recount.contract.versions import by_name
from recount.evidence.register import Register, state
from recount.lake import Lake
from recount.periods import Period, format_instant, parse_instant


@dataclass(frozen=True)
class Standing:
    """Where one contract's month stands, what it waits for, and until when (if that is known)."""

    contract: str
    period: str
    state: str
    waits_for: str | None
    until: datetime | None
    statement: Mapping[str, Any] | None
    notice: str | None = None
    looked_at: datetime | None = None
    corrected_until: datetime | None = None

    def as_document(self) -> dict[str, Any]:
        """The standing as JSON has it."""
        return {
            "contract": self.contract,
            "period": self.period,
            "state": self.state,
            "waits_for": self.waits_for,
            "until": self.until and format_instant(self.until),
            "as_of": self.statement and self.statement["as_of"],
            "decision": self.statement and self.statement["decision"],
            "notice": self.notice,
        }


@dataclass(frozen=True)
class _Stated:
    """What was stated of a month: the statement that stands, and the last one."""

    standing: dict[str, Any]
    last: dict[str, Any]


def last_statements(lake: Lake) -> dict[tuple[str, str], dict[str, Any]]:
    """The statement that stands for each contract and period: the first final one, else the last.

    What arrives later never rewrites a final statement (DESIGN 7); one that a finding held back
    was never acted upon, and stands until a better one comes.
    """
    return {key: of.standing for key, of in _stated(published.statements(lake)).items()}


def standing_statements(lake: Lake, contract: str, until: datetime) -> dict[str, dict[str, Any]]:
    """The statement that stood for each period of a contract at an instant."""
    known = (
        each
        for each in published.statements(lake, contract)
        if parse_instant(each["as_of"]) <= until
    )
    return {period: of.standing for (_, period), of in _stated(known).items()}


def settled_statement(lake: Lake, contract: str, period: str, before: datetime) -> Any:
    """The statement by which a period was settled before an instant; None where it was not."""
    known = (
        each
        for each in published.statements(lake, contract, period)
        if parse_instant(each["as_of"]) < before
    )
    of = _stated(known).get((contract, period))
    return of.standing if of and is_settled(of.standing) else None


def _stated(statements: Iterable[dict[str, Any]]) -> dict[tuple[str, str], _Stated]:
    found: dict[tuple[str, str], _Stated] = {}
    for statement in statements:
        key = (statement["contract"], statement["period"])
        before = found.get(key)
        stands = before is not None and is_settled(before.standing)
        found[key] = _Stated(before.standing if before and stands else statement, statement)
    return found


def is_settled(statement: Mapping[str, Any]) -> bool:
    """Say whether a statement settles its month: it is final, and nothing holds it."""
    return bool(statement["kind"] == "final" and statement["decision"] != "hold")


def standings(lake: Lake, contracts: Sequence[Contract], as_of: datetime) -> list[Standing]:
    """Where months stand: all of the given contracts until `as_of`, and what else is published."""
    stated, notices = _stated(published.statements(lake)), notice_states(lake)
    closed = {
        (name, period.name): until
        for name, versions in by_name(contracts).items()
        for period, until in _closed_periods(versions, as_of)
    }
    keys = sorted(stated.keys() | closed.keys())
    found = []
    for key in keys:
        standing = _standing(*key, stated.get(key), closed.get(key), as_of)
        found.append(_with_notice(standing, notices.get(key)))
    return found


# What a notice waits for in each state; in the others it waits for nobody.
NOTICE_WAITS_FOR = {
    "drafted": "the approval of its notice",
    "approved": "its notice to be sent",
    "amendment_drafted": "a person who reads the amendment of its notice",
    "send_unknown": "a person who finds out whether its notice arrived",
    "sent": "the vendor's answer to its notice",
    "amended": "the vendor's answer to its amended notice",
    "acknowledged": "the credit that its notice asks for",
    "part_credited": "the rest of the credit that its notice asks for",
    "rejected": "a person who answers the vendor's rejection, or closes the case",
    "credited": "a person who closes the case",
}


def notice_states(lake: Lake) -> dict[tuple[str, str], str]:
    """Where the notice of each contract and period stands; of several, the one that waits."""
    states: dict[tuple[str, str], str] = {}
    folders = {key.split("/")[1] for key in lake.keys("notices")}
    for folder in sorted(folders):
        steps = Register(lake, f"notices/{folder}").steps()
        about = (steps[0].facts["contract"], steps[0].facts["period"])
        if states.get(about) not in NOTICE_WAITS_FOR:
            states[about] = state(steps)
    return states


def _with_notice(standing: Standing, notice: str | None) -> Standing:
    waits_for = standing.waits_for or NOTICE_WAITS_FOR.get(notice or "")
    return replace(standing, notice=notice, waits_for=waits_for)


def _closed_periods(
    versions: Sequence[Contract], as_of: datetime
) -> Iterator[tuple[Period, datetime | None]]:
    """The months that had ended and on whose first day a version was in force.

    With each, until when what arrives later corrects it, by that version.
    """
    in_zone = versions[0].zone
    first_day = min(version.effective.from_ for version in versions)
    begins_at = datetime.combine(first_day, time(), in_zone).astimezone(UTC)
    period = Period.containing(begins_at, in_zone)
    while period.ends_at <= as_of:
        for version in versions:
            if version.effective.holds(period.first_day):
                within = version.settlement.corrections_within
                final_from = period.ends_at + version.settlement.final_after
                yield period, None if within is None else final_from + within
        period = period.next(in_zone)


def _standing(
    contract: str, period: str, stated: _Stated | None, until: datetime | None, as_of: datetime
) -> Standing:
    if stated is None:
        return Standing(contract, period, "missing", "its first statement", None, None)
    looked_at = parse_instant(stated.last["as_of"])
    standing = _by_statement(contract, period, stated.standing, as_of)
    return replace(standing, looked_at=looked_at, corrected_until=until)


def _by_statement(
    contract: str, period: str, statement: Mapping[str, Any], as_of: datetime
) -> Standing:
    final_from = parse_instant(statement["final_from"])
    holding = [each["rule"] for each in statement["findings"] if each["severity"] == "hold"]
    if statement["kind"] == "provisional":
        waits = "the day on which it can be final" if as_of < final_from else "pending verdicts"
        if "invoice_missing" in holding:
            waits = "the invoice"
        return Standing(contract, period, "provisional", waits, final_from, statement)
    waits_for = f"a person: {', '.join(holding)}" if holding else None
    return Standing(contract, period, "final", waits_for, None, statement)


def is_due(standing: Standing, as_of: datetime) -> bool:
    """Is there anything new to find out by running the month again?

    A month without a statement; one that can be final now; one whose invoice was missing, or whose
    final statement a finding holds back; and once in each calendar month (in UTC) one that is
    settled and can still be corrected by what arrives later.
    """
    if standing.statement is None or standing.looked_at is None:
        return True
    if standing.looked_at >= as_of:
        return False
    if is_settled(standing.statement):
        until, looked_at = standing.corrected_until, standing.looked_at
        is_open = until is not None and as_of <= until
        return is_open and f"{looked_at:%Y-%m}" < f"{as_of:%Y-%m}"
    if standing.state == "final":
        return True
    return standing.waits_for == "the invoice" or bool(standing.until and as_of >= standing.until)
