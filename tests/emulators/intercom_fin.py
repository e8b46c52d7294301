"""What Fin, the AI agent, does in a conversation, and what the vendor charges for it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from tests.emulators.intercom_model import (
    FIN,
    OUTCOME_OF_STATE,
    PRICE_OF_OUTCOME,
    Conversation,
    Fin,
    Outcome,
    Rating,
)
from tests.emulators.intercom_workspace import Workspace


class FinStories(Workspace):
    """What Fin does, and its outcomes (help centre, articles 8205718 and 13513868)."""

    def involve_fin(
        self,
        conversation: str,
        *,
        at: datetime,
        source_type: str = "workflow",
        source_title: str | None = "Support workflow",
    ) -> None:
        self.conversations[conversation].fin = Fin(source_type, source_title)
        self.touch(conversation, at=at)

    def fin_answers(
        self,
        conversation: str,
        *,
        at: datetime,
        body: str = "Orders take five days.",
        answer_type: str = "ai_answer",
    ) -> str:
        """Let Fin answer; `answer_type` is `ai_answer` or `custom_answer`."""
        it = self.conversations[conversation]
        if it.fin is None:
            self.involve_fin(conversation, at=at)
        self._fin_of(it).last_answer_type = answer_type
        it.waiting_since = None
        return self._add(it, "comment", FIN, at, body=body, is_answer=answer_type == "ai_answer")

    def fin_acts(
        self, conversation: str, name: str, *, at: datetime, result: str = "success"
    ) -> None:
        """Let Fin take an action: it starts and finishes in two parts."""
        it = self.conversations[conversation]
        self._add(it, "custom_action_started", FIN, at, event_details={"action": {"name": name}})
        details = {"action": {"name": name, "result": result}}
        self._add(it, "custom_action_finished", FIN, at, event_details=details)

    def conclude(
        self, conversation: str, state: str | None, *, at: datetime, is_charged: bool = True
    ) -> None:
        """Set Fin's resolution state; no part tells of it, and the state before is lost.

        assumed_resolution, confirmed_resolution and procedure_handoff are charged, once per
        conversation; escalated, negative_feedback and None take a resolution back, also later.
        `is_charged=False` leaves the bill as it is: a vendor that forgets.
        """
        it = self.conversations[conversation]
        self._fin_of(it).resolution_state = state
        outcome = OUTCOME_OF_STATE.get(state or "")
        if is_charged and outcome and it.id not in self.standing:
            self.standing[it.id] = Outcome(it.id, outcome, at, PRICE_OF_OUTCOME)
        elif is_charged and not outcome:
            self._take_back(it.id, at)
        self.touch(conversation, at=at)

    def _take_back(self, conversation: str, at: datetime) -> None:
        charged = self.standing.get(conversation)
        if charged is not None and charged.outcome == "resolution":
            self.other_outcomes.append(replace(charged, deducted_at=at))
            del self.standing[conversation]

    def charge(
        self,
        conversation: str,
        *,
        at: datetime,
        outcome: str = "resolution",
        price: Decimal = PRICE_OF_OUTCOME,
    ) -> None:
        """Put a charge on the bill that nothing in the conversation stands for."""
        self.other_outcomes.append(Outcome(conversation, outcome, at, price))

    def billed(self, *, starts_at: datetime, ends_at: datetime) -> list[Outcome]:
        """Return the vendor's lines of a billing period; one taken back later has a minus.

        What was reached and taken back within the period is not on its bill.
        """
        lines = list(self._lines(starts_at, ends_at))
        return sorted(lines, key=lambda line: (line.reached_at, int(line.conversation_id)))

    def _lines(self, starts_at: datetime, ends_at: datetime) -> Iterator[Outcome]:
        for outcome in [*self.standing.values(), *self.other_outcomes]:
            was_reached = starts_at <= outcome.reached_at < ends_at
            deducted_at = outcome.deducted_at
            if was_reached and not (deducted_at and deducted_at < ends_at):
                yield outcome
            elif not was_reached and deducted_at and starts_at <= deducted_at < ends_at:
                yield replace(outcome, price=-outcome.price)

    def rate_fin(
        self, conversation: str, rating: int, *, at: datetime, remark: str | None = None
    ) -> None:
        """Let the contact rate Fin; the other rating stays as it is."""
        self._fin_of(self.conversations[conversation]).rating = Rating(rating, at, at, remark)
        self.touch(conversation, at=at)

    def _fin_of(self, it: Conversation) -> Fin:
        if it.fin is None:
            raise LookupError(f"Fin takes no part in {it.id}; involve it first")
        return it.fin
