"""Which event types an account shows with a contract's settings, and which streams tell of each."""

from collections.abc import Mapping

from recount.sources.hubspot.settings import HubSpotSettings

_TICKETS = ("tickets",)
_MEETINGS = ("meetings",)


def shown_by(said: HubSpotSettings) -> Mapping[str, tuple[str, ...]]:
    """Return the streams that tell of each event type; it is observed as far as all reach."""
    found: dict[str, tuple[str, ...]] = {}
    if said.tickets:
        found |= _shown_by_tickets(said)
    if said.meetings:
        found |= dict.fromkeys(("booked", "held", "no_show", "cancelled"), _MEETINGS)
        found["deleted"] = (*found.get("deleted", ("deletions",)), *_MEETINGS)
    return found


def _shown_by_tickets(said: HubSpotSettings) -> dict[str, tuple[str, ...]]:
    emails = ("emails",) if said.emails else ()
    notes = ("notes",) if said.notes else ()
    messages = ("messages",) if said.conversations else ()
    # no state says which of the stages that are closed is the last one
    concluded = ["solved", "reopened"] + (["closed"] if "closed" in said.stages.values() else [])
    shown = {
        **dict.fromkeys(("opened", "assigned", "merged"), _TICKETS),
        **dict.fromkeys(concluded, ("pipelines", *_TICKETS)),
        "deleted": ("deletions", *_TICKETS),
    }
    written = {"contacted": (*emails, *messages), "replied": (*emails, *messages),
               "noted": (*notes, *messages)}  # fmt: skip
    shown |= {name: (*streams, *_TICKETS) for name, streams in written.items() if streams}
    return shown | ({"rated": ("submissions", *_TICKETS)} if said.surveys else {})
