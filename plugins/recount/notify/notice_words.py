"""The sentences of a notice: a claim where the contract gives the right to one, else a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from recount.money import written
from recount.notify.figures import ReasonRow, over_invoiced_phrase, total
from recount.notify.letterhead import Letterhead
from recount.notify.matter import Matter
from recount.notify.wording import count, day, instant, money, month
from recount.periods import parse_instant

# Where the invoice is due already, or names no day.
_DAYS_TO_ANSWER = 14


@dataclass(frozen=True)
class Words:
    """What a notice says in sentences, each a text of one paragraph.

    `amends` is the `as_of` of the notice that this one amends.
    """

    statement: Mapping[str, Any]
    rows: Sequence[ReasonRow]
    matter: Matter
    letterhead: Letterhead
    amends: str | None

    @property
    def is_claim(self) -> bool:
        """Whether it claims, and does not only ask."""
        return self.matter.kind == "dispute"

    @property
    def amount(self) -> str:
        """What is disputed, or what is asked about."""
        matter = self.matter
        if matter.claimed:
            return money(matter.amount, self.statement["currency"])
        asked = written(total(matter.asked), self.letterhead.minor_units)
        return money(asked, self.statement["currency"])

    @property
    def kind(self) -> str:
        """What the document calls itself."""
        called = "dispute notice" if self.is_claim else "query"
        return f"Amended {called}" if self.amends else called.capitalize()

    @property
    def replaces(self) -> str:
        """Say what does not hold any more, where the vendor was told something else before."""
        if self.amends is None:
            return ""
        counted_on = self.letterhead.local_day(parse_instant(self.amends))
        return f"This replaces our notice of {day(counted_on)} about the same invoice."

    @property
    def headline(self) -> str:
        """The notice in one line."""
        verb = "dispute" if self.is_claim else "ask about"
        return f"We {verb} {self.amount} of your invoice for {month(self.statement['period'])}"

    @property
    def because(self) -> str:
        """Say what was found, and what follows from it by the contract."""
        letterhead, matter = self.letterhead, self.matter
        if not matter.claimed:
            number = sum(row.count for row in matter.asked)
            return (
                f"{count(number, 'line')} worth {self.amount} cannot be verified by our records. "
                "This is a question and not a claim."
            )
        over = over_invoiced_phrase(self.statement, self.rows, letterhead)
        found = (
            f"By the definition that both sides agreed, {over}. That is more than the agreed "
            f"tolerance of {letterhead.tolerance}"
        )
        if self.is_claim:
            return (
                f"{found}, so that under the contract {letterhead.buyer}'s count is the billing "
                "source for this month."
            )
        return (
            f"{found}. The contract does not say that {letterhead.buyer}'s count is what is billed "
            "then, so that this is a question and not a claim."
        )

    @property
    def to_do(self) -> str:
        """The one thing that is asked, and by when."""
        if self.is_claim:
            return f"Please send a credit note for {self.amount} {self._by}."
        return f"Please show {self._by} which events these lines rest on."

    @property
    def payment(self) -> str:
        """What may be answered, and what is paid meanwhile."""
        pay = money(self.statement["amounts"]["pay_now"], self.statement["currency"])
        due = self.letterhead.due_on
        when = f"by {day(due)}" if due and self._is_ahead(due) else "as the invoice falls due"
        if self.is_claim:
            return (
                "A corrected invoice will do as well. Where you see a line otherwise, name it and "
                f"the events that it rests on. The undisputed {pay} is paid {when}."
            )
        return (
            "Where a line rests on none, please credit it. Nothing is withheld because of this "
            f"question: the {pay} of the invoice is paid {when}, under reservation."
        )

    @property
    def reservation(self) -> str:
        """What stays open whatever is paid."""
        return (
            f"A payment is no acceptance of the count. {self.letterhead.buyer} reserves its "
            "rights under the contract and at law, also to correct this by what arrives later."
        )

    @property
    def under_remark(self) -> str:
        """What becomes of what was not invoiced."""
        if self.letterhead.may_set_off:
            return "It is set against what is over-invoiced, as the contract allows."
        claim = "dispute" if self.is_claim else "question"
        return f"We say so that you can invoice it; it is not set against the {claim}."

    @property
    def footer(self) -> str:
        """By what, as of when and by which clock this was counted."""
        as_of = instant(parse_instant(self.statement["as_of"]))
        pack = " The evidence that recomputes every verdict is available on request."
        return (
            f"Counted from {self.letterhead.buyer}'s own records as of {as_of}; months by the "
            f"clock of {self.letterhead.time_zone}. The workbook lists each line with the event "
            f"that decided it.{pack if self.statement.get('evidence') else ''}"
        )

    @property
    def _by(self) -> str:
        due = self.letterhead.due_on
        if due and self._is_ahead(due):
            return f"by {day(due)}"
        return f"within {_DAYS_TO_ANSWER} days of this {'notice' if self.is_claim else 'question'}"

    def _is_ahead(self, due: date) -> bool:
        return due > self.letterhead.local_day(parse_instant(self.statement["as_of"]))
