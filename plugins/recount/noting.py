"""What people note of a dispute: checked against what can be true of it, and written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from recount.contract.vocabulary import minor_units
from recount.disputes import Dispute, find
from recount.errors import RecountError
from recount.evidence.decisions import line, note
from recount.evidence.register import NOTED, Step
from recount.lake import Lake
from recount.money import rounded

_OF_MONEY = frozenset({"credited", "part_credited"})
_NEEDS_REASON = frozenset({"rejected", "closed", "sent", "not_sent", NOTED})


@dataclass(frozen=True)
class Note:
    """What a person notes of a dispute; `amount` and `credit_note` where money moves."""

    kind: str
    by: str
    because: str = ""
    amount: Decimal | None = None
    credit_note: str = ""


def record(lake: Lake, beginning: str, what: Note, *, at: datetime) -> Dispute:
    """Note what came of a dispute; RecountError if that cannot be true of it."""
    register = find(lake, beginning).register

    def facts(steps: Sequence[Step]) -> Mapping[str, Any]:
        return _facts(find(lake, beginning), what)

    note(register, what.kind, by=what.by, at=at, facts=facts)
    return find(lake, beginning)


def _facts(dispute: Dispute, what: Note) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if what.because or what.kind in _NEEDS_REASON:
        facts["because"] = line(what.because, "reason (--because)")
    if what.kind in _OF_MONEY:
        facts |= _credit(dispute, what)
    elif what.amount is not None or what.credit_note:
        raise RecountError(f"no money moves with {what.kind}; leave amount and credit note out")
    if what.kind in ("sent", "not_sent"):
        asked = dispute.draft.facts["recipients"]
        facts["recipients"] = dict.fromkeys(asked, "accepted") if what.kind == "sent" else {}
    return facts


def _credit(dispute: Dispute, what: Note) -> dict[str, str]:
    credit_note = line(what.credit_note, "credit note's number") if what.credit_note else ""
    documented = dispute.case.documented if dispute.case else {}
    if credit_note in documented:
        amount = what.amount or documented[credit_note]
        if amount != documented[credit_note]:
            raise RecountError(
                f"credit note {credit_note} is of {dispute.written(documented[credit_note])} "
                f"{dispute.currency} by the vendor's own document; leave the amount out"
            )
        left = dispute.open
    else:
        _refuse_doubt(dispute, credit_note)
        amount = _amount(dispute, what)
        left = dispute.open - amount
    _check_whole(dispute, what.kind, left)
    facts = {"amount": dispute.written(amount), "open": dispute.written(left)}
    return facts | ({"credit_note": credit_note} if credit_note else {})


def _refuse_doubt(dispute: Dispute, credit_note: str) -> None:
    """Refuse a credit without a number that may be one which was counted already."""
    named = {step.facts.get("credit_note") for step in dispute.steps}
    documented = dispute.case.documented if dispute.case else {}
    if (unnamed := sorted(documented.keys() - named)) and not credit_note:
        raise RecountError(
            f"credit note {', '.join(unnamed)} was counted already; say with --credit-note which "
            "one is meant, that one or another"
        )


def _amount(dispute: Dispute, what: Note) -> Decimal:
    amount = what.amount
    if amount is None and what.kind == "credited":
        amount = dispute.open
    if amount is None:
        raise RecountError(f"{what.kind} needs an amount; add --amount")
    if amount != rounded(amount, minor_units(dispute.currency)):
        raise RecountError(f"{amount} has more decimals than {dispute.currency}; round it")
    if not 0 < amount <= dispute.open:
        raise RecountError(
            f"{dispute.written(dispute.open)} {dispute.currency} is open of {dispute.id}, and "
            f"{amount} is not an amount of it; correct the amount"
        )
    return amount


def _check_whole(dispute: Dispute, kind: str, left: Decimal) -> None:
    if (kind == "credited") == (left <= 0):
        return
    other = "part_credited" if left else "credited"
    raise RecountError(
        f"{dispute.written(left)} {dispute.currency} of {dispute.id} would be left open; "
        f"record it as {other}"
    )
