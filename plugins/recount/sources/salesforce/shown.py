"""Which event types an org shows with a contract's settings, and which streams tell of each."""

from collections.abc import Mapping

from recount.sources.salesforce.settings import SalesforceSettings

_CASES = ("cases", "users")
_HISTORY = ("history", *_CASES)
_WRITTEN = ("comments", "emails", *_CASES)
_MEETINGS = ("meetings", "users")

_SHOWN_BY_CASES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("opened", "merged", "deleted"), _CASES),
    **dict.fromkeys(("assigned", "solved", "closed", "reopened"), _HISTORY),
    **dict.fromkeys(("replied", "noted"), _WRITTEN),
    "contacted": (*_WRITTEN, "sessions"),
    "handed_off": (*_HISTORY, "sessions"),
    "followed_up": _CASES,
    "rated": ("answers", "responses", "surveyed", "cases", "sessions"),
}


def shown_by(said: SalesforceSettings) -> Mapping[str, tuple[str, ...]]:
    """Return the streams that tell of each event type; it is observed as far as all reach."""
    found: dict[str, tuple[str, ...]] = {}
    if said.tickets:
        lacking = set() if said.rating_question else {"rated"}
        lacking |= set() if said.follow_up_field else {"followed_up"}
        found |= {name: by for name, by in _SHOWN_BY_CASES.items() if name not in lacking}
    if "meeting" in said.subject_types:
        for name, streams in _shown_by_meetings(said).items():
            found[name] = (*found.get(name, ()), *streams)
    return found


def _shown_by_meetings(said: SalesforceSettings) -> Mapping[str, tuple[str, ...]]:
    invited = ("invitations", *_MEETINGS)
    answered = dict.fromkeys(("accepted", "declined"), invited) if said.meetings.invitations else {}
    told = dict.fromkeys(said.meetings.told, _MEETINGS)
    return {"booked": _MEETINGS, "deleted": _MEETINGS, **told, **answered}
