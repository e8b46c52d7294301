"""What requesters say of their tickets, in the legacy survey and in the customizable one."""

from datetime import datetime, timedelta

from tests.emulators.zendesk_records import SURVEY, to_precise_text
from tests.emulators.zendesk_stories import Stories

SURVEY_LASTS = timedelta(days=28)
ULID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Satisfaction(Stories):
    """Both kinds of satisfaction surveys; an account uses one of them at a time."""

    def offer_rating(self, ticket: int, *, at: datetime) -> None:
        self.score(ticket, "offered", at=at)

    def rate(self, ticket: int, score: str, *, at: datetime, text: str | None = None,
             reason: str | None = None) -> None:  # fmt: skip
        """Rate a ticket `good` or `bad`, with the legacy survey; a later rating replaces it."""
        self.score(ticket, score, at=at, text=text, reason=reason)

    def offer_survey(self, ticket: int, *, at: datetime) -> str:
        """Send the customizable survey, which can be answered and changed for 28 days."""
        id_ = _ulid(at, len(self.surveys))
        self.surveys[id_] = {
            "id": id_, "answers": [], "expires_at": to_precise_text(at + SURVEY_LASTS),
            "responder_id": str(self.tickets[ticket].requester),
            "subject_zrns": [f"zen:ticket:{ticket}"],
            "subjects": [{"id": str(ticket), "type": "ticket", "zrn": f"zen:ticket:{ticket}"}],
            "survey": {"id": SURVEY, "version": 1, "state": "enabled"},
        }  # fmt: skip
        self.score(ticket, "offered", at=at)
        return id_

    def answer_survey(self, survey: str, rating: int, *, at: datetime,
                      text: str | None = None) -> None:  # fmt: skip
        """Answer a survey with 1 to 5; the ticket then says good (4, 5) or bad."""
        it, now = self.surveys[survey], to_precise_text(at)
        if now > it["expires_at"]:
            raise ValueError(f"survey {survey} could be answered until {it['expires_at']}")
        category = "good" if rating >= 4 else "bad"
        first = it["answers"][0]["created_at"] if it["answers"] else now
        question = {"id": "01M4FMXA2ZKKW0SW4G3MA6FBV9", "type": "rating_scale_numeric"}
        question["sub_type"] = "customer_satisfaction"
        when = {"created_at": first, "updated_at": now}
        scale = {"type": "rating_scale", "rating": rating, "rating_category": category}
        said = {"type": "open_ended", "value": text} if text else {"type": "skipped"}
        asked = {"id": "01M4FMXA30EKPSYPJRYHK3NJPQ", "type": "open_ended", "alias": "comment"}
        answers = [scale | when | {"question": question}, said | when | {"question": asked}]
        it["answers"] = answers
        ticket = int(it["subjects"][0]["id"])
        if self.tickets[ticket].rating["score"] != category:
            self.score(ticket, category, at=at, text=text)


def _ulid(at: datetime, counter: int) -> str:
    number = (int(at.timestamp() * 1000) << 80) | counter
    return "".join(ULID_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
