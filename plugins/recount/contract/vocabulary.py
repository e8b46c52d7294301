"""The closed lists of words that a contract chooses from."""

import csv
import difflib
import functools
import re
from collections.abc import Iterable
from typing import Literal, get_args

import iso4217

from recount.errors import ContractError
from recount.project import EVENT_TYPES

ActorType = Literal["ai_agent", "human_agent", "requester", "automation", "unknown"]
SubjectType = Literal["ticket", "meeting", "recovery", "document", "call", "appointment"]
PartyType = Literal["buyer", "vendor"]
DataRight = Literal["workflow_logs", "transcripts", "fine_tuning_data"]

ACTOR_TYPES: tuple[ActorType, ...] = get_args(ActorType)
SUBJECT_TYPES: tuple[SubjectType, ...] = get_args(SubjectType)

# What one performs, not what one achieves: a vendor can always perform more of it.
_ACTIVITIES = ("interaction", "engagement", "conversation", "message", "session")
ACTIVITY_UNITS = frozenset(
    {*_ACTIVITIES, *(f"{activity}s" for activity in _ACTIVITIES), "touch", "touches"}
)

_LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://\S*|www\.\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}/\S*",
    re.IGNORECASE | re.ASCII,
)
_FEWEST_WORDS_OF_A_DEFINITION = 5
_LONGEST_SEARCHED = 4000  # a search for links takes the square of the length at worst


@functools.cache
def event_types() -> tuple[str, ...]:
    """Return the event types of the canonical log (DESIGN 3), in the order of the seed."""
    try:
        with EVENT_TYPES.open(encoding="utf-8", newline="") as seed:
            return tuple(row["event_type"] for row in csv.DictReader(seed))
    except OSError as error:
        raise ContractError(
            f"{EVENT_TYPES}: the list of event types cannot be read ({error.strerror}); "
            "set RECOUNT_HOME to the folder that holds dbt_project"
        ) from error


def minor_units(currency_code: str) -> int:
    """Return how many smallest units make one of that currency; ValueError if there are none."""
    try:
        digits = iso4217.Currency(currency_code).exponent
    except ValueError:
        digits = None
    if digits is None:
        raise ValueError(f"{shown(currency_code)} is no currency; write an ISO 4217 code like USD")
    return int(10**digits)


def link_in(text: str) -> str | None:
    """Return the first address of a web page in a text."""
    found = _LINK.search(text[:_LONGEST_SEARCHED])
    return found[0] if found else None


def only_points_elsewhere(text: str) -> bool:
    """Say whether a text without its links says too little to define anything."""
    words = re.findall(r"\w+", _LINK.sub(" ", text))
    return link_in(text) is not None and len(words) < _FEWEST_WORDS_OF_A_DEFINITION


def shown(text: str) -> str:
    """Quote what somebody wrote, on one line and not at length."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def unknown(word: str, known: Iterable[str], what: str) -> str:
    """Say that a word is unknown, and which one was probably meant."""
    choices = sorted(known)
    near = difflib.get_close_matches(word[:100].lower(), choices, n=1)
    if link_in(word):
        return f"{shown(word)} is a link; write the definition itself, so that both can compute it"
    if near:
        return f"{shown(word)} is no {what}; did you mean {near[0]}?"
    return f"{shown(word)} is no {what}; known are {', '.join(choices)}"
