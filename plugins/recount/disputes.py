"""The disputes of a lake: where each stands, how old it is, and what is still open of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from recount.contract.vocabulary import minor_units
from recount.due import NOTICE_WAITS_FOR
from recount.errors import RecountError
from recount.evidence.decisions import preparer
from recount.evidence.register import Register, Step, newest, state, told, waiting_amendment
from recount.lake import Lake
from recount.ledger import NOTHING, Case, Ledger, followed, registers
from recount.money import written
from recount.notify.drafting import DRAFTS, mail_key
from recount.periods import format_instant, parse_instant

# No answer is waited for any more, so that they have no age.
_OVER = frozenset({"credited", "withdrawn", "closed", "draft_rejected"})
_AGES = ((30, "0-30"), (60, "31-60"), (90, "61-90"))


@dataclass(frozen=True)
class Dispute:
    """One notice with its steps, and the case that it belongs to."""

    register: Register
    steps: tuple[Step, ...]
    case: Case | None

    @property
    def id(self) -> str:
        """The notice's id."""
        return self.register.folder.removeprefix("notices/")

    @property
    def state(self) -> str:
        """Where it stands."""
        return state(self.steps)

    @property
    def draft(self) -> Step:
        """What the vendor was told last, or what was drafted last to be told."""
        return told(self.steps) or self.steps[0]

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return str(self.draft.facts["currency"])

    @property
    def open(self) -> Decimal:
        """What is disputed of its month and neither credited nor given up."""
        if self.state in ("closed", "withdrawn"):
            return NOTHING
        return self.case.open if self.case else Decimal(self.draft.facts["disputed"])

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent first."""
        sent = next((step for step in self.steps if step.kind == "sent"), None)
        return parse_instant(sent.at) if sent else None

    @property
    def approved_by(self) -> str | None:
        """Who approved the draft that holds; None where nobody did."""
        approved = newest(self.steps, {"approved", "amended"})
        holds = approved and approved.number > self.draft.number
        return str(approved.facts["by"]) if approved and holds else None

    def age(self, as_of: datetime) -> str | None:
        """In which span of days since it was sent; None where nothing is waited for."""
        if self.sent_at is None or self.state in _OVER:
            return None
        days = (as_of - self.sent_at).days
        return next((span for most, span in _AGES if days <= most), "90+")

    def written(self, amount: Decimal | str) -> str:
        """Write an amount with the decimals of its currency."""
        return written(Decimal(amount), minor_units(self.currency))

    def as_document(self, as_of: datetime) -> dict[str, Any]:
        """The dispute as JSON has it in the list."""
        facts = self.draft.facts
        return {
            "id": self.id,
            "contract": facts["contract"],
            "period": facts["period"],
            "invoices": facts["invoices"],
            "currency": self.currency,
            "disputed": self.written(facts["disputed"]),
            "open": self.written(self.open),
            "state": self.state,
            "sent_at": self.sent_at and format_instant(self.sent_at),
            "age": self.age(as_of),
            "deadline": facts.get("dispute_by"),
            "waits_for": NOTICE_WAITS_FOR.get(self.state),
        }

    def in_full(self, as_of: datetime) -> dict[str, Any]:
        """The dispute with its draft and every step, as JSON has it."""
        facts = self.draft.facts
        return self.as_document(as_of) | {
            "as_of": facts["as_of"],
            "content": facts["content"],
            "message_id": facts["message_id"],
            "recipients": facts["recipients"],
            "prepared_by": preparer(self.draft),
            "approved_by": self.approved_by,
            "draft": self._mail(facts["mail"]),
            "amendment": self._amendment(),
            "steps": [self._step(step) for step in self.steps],
        }

    def _amendment(self) -> dict[str, Any] | None:
        """What would replace what the vendor was told, as JSON has it; None where nothing does."""
        waiting = waiting_amendment(self.steps)
        if waiting is None:
            return None
        facts = waiting.facts
        return {
            "as_of": facts["as_of"],
            "disputed": self.written(facts["disputed"]),
            "content": facts["content"],
            "prepared_by": preparer(waiting),
            "draft": self._mail(facts["mail"]),
        }

    def _mail(self, digest: str | None) -> str | None:
        return digest and self.register.lake.uri(mail_key(self.register.folder, digest))

    def _step(self, step: Step) -> dict[str, Any]:
        facts = step.facts
        document = {
            "number": step.number,
            "step": step.kind,
            "at": step.at,
            "by": facts.get("by"),
            "because": facts.get("because") or None,
            "sha256": step.digest,
        }
        names = ("started_by", "amount", "credit_note", "content", "recipients")
        document |= {name: facts[name] for name in names if name in facts}
        if step.kind in DRAFTS:
            document["draft"] = self._mail(facts["mail"])
        return document


def disputes(lake: Lake) -> list[Dispute]:
    """Every dispute of which a notice was drafted, by contract and month."""
    ledgers: dict[str, Ledger] = {}
    found = []
    for register, steps in registers(lake):
        contract, period = steps[0].facts["contract"], steps[0].facts["period"]
        if contract not in ledgers:
            ledgers[contract] = followed(lake, contract)
        found.append(Dispute(register, steps, ledgers[contract].cases.get(period)))
    return sorted(found, key=lambda each: (each.draft.facts["contract"],
                                           each.draft.facts["period"], each.id))  # fmt: skip


def find(lake: Lake, beginning: str) -> Dispute:
    """Return the one dispute whose id begins so; RecountError if there is none, or are several."""
    found = [each for each in disputes(lake) if each.id.startswith(beginning)]
    if len(found) == 1 and beginning:
        return found[0]
    ids = ", ".join(each.id for each in found[:5])
    said = f"begins {len(found)} ids ({ids}); write more of it" if found else "begins no id of a"
    because = said if found else f"{said} dispute in {lake.place.uri}; see `recount disputes`"
    raise RecountError(f"{beginning!r} {because}")
