"""What people accepted, approved or changed by hand, in one list, with its expiry."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from recount import published
from recount.contract.model import Contract
from recount.evidence.register import Register, Step
from recount.lake import Lake
from recount.periods import parse_instant

_OURS = "recount"  # what a run writes into a register by itself


@dataclass(frozen=True)
class Exceptional:
    """One thing that a person answers for, or that nobody looked at though somebody could.

    `state` is `holds` or `expired` for what has an expiry, else `done`.
    """

    kind: str
    contract: str
    period: str | None
    what: str
    because: str | None
    by: str | None
    at: str | None
    expires_on: date | None
    state: str

    def as_document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return vars(self) | {"expires_on": self.expires_on and self.expires_on.isoformat()}


def exceptions(lake: Lake, contracts: Iterable[Contract], on: date | None) -> list[Exceptional]:
    """List the waivers of contracts, what people did to their notices, and holds that were lifted.

    `on` is the day on which a waiver holds or has expired; by default that of the newest statement.
    """
    found: list[Exceptional] = []
    for contract in contracts:
        name = contract.contract
        statements = list(published.statements(lake, name))
        day = on or max((parse_instant(each["as_of"]).date() for each in statements), default=None)
        found += _waivers(contract, day)
    for name in sorted({contract.contract for contract in contracts}):
        found += _steps(lake, name)
        found += _lifted_holds(lake, name)
    return found


def _waivers(contract: Contract, day: date | None) -> Iterator[Exceptional]:
    for waiver in contract.waivers:
        is_expired = day is not None and day > waiver.expires_on
        yield Exceptional(
            kind="waiver",
            contract=contract.contract,
            period=None,
            what=f"{waiver.lint} at {waiver.at}, version {contract.version}",
            because=waiver.because,
            by=waiver.accepted_by,
            at=None,
            expires_on=waiver.expires_on,
            state="expired" if is_expired else "holds",
        )


def _steps(lake: Lake, name: str) -> Iterator[Exceptional]:
    """Yield each step of a notice that a person made, and every approval, also an automatic one."""
    for folder in sorted({key.split("/")[1] for key in lake.keys("notices")}):
        steps = Register(lake, f"notices/{folder}").steps()
        if steps and steps[0].facts["contract"] == name:
            yield from (
                _step(folder, steps[0], step)
                for step in steps
                if step.kind == "approved" or step.facts.get("by", _OURS) != _OURS
            )


def _step(folder: str, first: Step, step: Step) -> Exceptional:
    return Exceptional(
        kind="approval" if step.kind == "approved" else "step",
        contract=first.facts["contract"],
        period=first.facts["period"],
        what=f"{step.kind} of notice {folder}",
        because=step.facts.get("because"),
        by=step.facts.get("by"),
        at=step.at,
        expires_on=None,
        state="done",
    )


def _lifted_holds(lake: Lake, name: str) -> Iterator[Exceptional]:
    """Yield each hold that a later edition of the same statement has no more, and why."""
    folders = sorted({key.rpartition("/")[0] for key in lake.keys(f"statements/contract={name}")})
    for folder in folders:
        editions = list(published.editions(lake, folder))
        for before, after in pairwise(editions):
            for rule in sorted(_holds(before) - _holds(after)):
                yield Exceptional(
                    kind="hold_lifted",
                    contract=name,
                    period=after["period"],
                    what=f"{rule} as of {after['as_of']}",
                    because=_because(before, after),
                    by=None,
                    at=None,
                    expires_on=None,
                    state="done",
                )


def _holds(statement: Mapping[str, Any]) -> set[str]:
    return {each["rule"] for each in statement["findings"] if each["severity"] == "hold"}


def _because(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    names = {*before["inputs"], *after["inputs"]}
    changed = sorted(n for n in names if before["inputs"].get(n) != after["inputs"].get(n))
    if before["version"] != after["version"]:
        changed.append(f"version {before['version']} of the contract")
    return f"landed anew: {', '.join(changed)}" if changed else "the contract or the rules changed"
