"""The sentences of a notice: a claim where the contract gives the right to one, else a question."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from recount.money import written
from recount.notify.figures import ReasonRow, over_invoiced_phrase, total
from recount.notify.letterhead import Letterhead
from recount.notify.matter import Matter
from recount.notify.wording import count, day, instant, money
from recount.periods import parse_instant

# Where the invoice is due already, or names no day.
_DAYS_TO_ANSWER = 14


class Words:
    """What a notice says in sentences; each is a text of one paragraph."""

    def __init__(
        self,
        statement: Mapping[str, Any],
        rows: Sequence[ReasonRow],
        matter: Matter,
        letterhead: Letterhead,
        replaces: str | None,
    ) -> None:
        """Keep what the sentences are about; `replaces` is the `as_of` of what this amends."""
        self._replaces = replaces
        self._statement, self._rows, self._matter = statement, rows, matter
        self._letterhead, self._currency = letterhead, statement["currency"]
        self._is_claim = matter.kind == "dispute"

    @property
    def amount(self) -> str:
        """What is disputed, or what is asked about."""
        matter = self._matter
        if matter.claimed:
            return money(matter.amount, self._currency)
        asked = written(total(matter.asked), self._letterhead.minor_units)
        return money(asked, self._currency)

    @property
    def kind(self) -> str:
        """What the document calls itself."""
        called = "dispute notice" if self._is_claim else "query"
        return f"Amended {called}" if self._replaces else called.capitalize()

    @property
    def replaces(self) -> str:
        """Say what does not hold any more, where the vendor was told something else before."""
        if self._replaces is None:
            return ""
        counted_on = self._letterhead.local_day(parse_instant(self._replaces))
        return f"This replaces our notice of {day(counted_on)} about the same invoice."

    @property
    def headline(self) -> str:
        """The notice in one line."""
        verb = "dispute" if self._is_claim else "ask about"
        return f"We {verb} {self.amount} of your invoice for"

    @property
    def because(self) -> str:
        """Say what was found, and what follows from it by the contract."""
        letterhead, matter = self._letterhead, self._matter
        if not matter.claimed:
            number = sum(row.count for row in matter.asked)
            return (
                f"{count(number, 'line')} worth {self.amount} cannot be verified by our records. "
                "This is a question and not a claim."
            )
        over = over_invoiced_phrase(self._statement, self._rows, letterhead)
        found = (
            f"By the definition that both sides agreed, {over}. That is more than the agreed "
            f"tolerance of {letterhead.tolerance}"
        )
        if self._is_claim:
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
        if self._is_claim:
            return f"Please send a credit note over {self.amount} {self._by}."
        return f"Please show {self._by} which events these lines rest on."

    @property
    def payment(self) -> str:
        """What may be answered, and what is paid meanwhile."""
        pay = money(self._statement["amounts"]["pay_now"], self._currency)
        due = self._letterhead.due_on
        when = f"by {day(due)}" if due and self._is_ahead(due) else "as the invoice falls due"
        if self._is_claim:
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
            f"A payment is no acceptance of the count. {self._letterhead.buyer} reserves its "
            "rights under the contract and at law, also to correct this by what arrives later."
        )

    @property
    def under_remark(self) -> str:
        """What becomes of what was not invoiced."""
        if self._letterhead.may_set_off:
            return "It is set against what is over-invoiced, as the contract allows."
        claim = "dispute" if self._is_claim else "question"
        return f"We say so that you can invoice it; it is not set against the {claim}."

    @property
    def footer(self) -> str:
        """By what, as of when and by which clock this was counted."""
        as_of = instant(parse_instant(self._statement["as_of"]))
        pack = " The evidence that recomputes every verdict is available on request."
        return (
            f"Counted from {self._letterhead.buyer}'s own records as of {as_of}; months by the "
            f"clock of {self._letterhead.time_zone}. The workbook lists each line with the event "
            f"that decided it.{pack if self._statement.get('evidence') else ''}"
        )

    @property
    def _by(self) -> str:
        due = self._letterhead.due_on
        if due and self._is_ahead(due):
            return f"by {day(due)}"
        return f"within {_DAYS_TO_ANSWER} days of this {'notice' if self._is_claim else 'question'}"

    def _is_ahead(self, due: date) -> bool:
        return due > self._letterhead.local_day(parse_instant(self._statement["as_of"]))
