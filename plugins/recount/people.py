"""How people are hashed in a lake: noted once, so that no other secret is used beside it.

With another one the same person would be two, and staff whom the contract names would be nobody.
"""

import json

from recount.errors import SourceError
from recount.lake import KeyConflict, Lake
from recount.sources.requesters import check_value

_NOTE = "people.json"


def agree(lake: Lake) -> None:
    """Note how people are hashed from now on; SourceError if the lake has them otherwise."""
    try:
        lake.put_once(_NOTE, json.dumps({"check": check_value()}).encode())
    except KeyConflict:
        raise SourceError(
            f"the people in {lake.place.uri} were hashed with another RECOUNT_REQUESTER_KEY or "
            "other RECOUNT_PERSON_KEYS; set what was set then, or begin another lake"
        ) from None


def noted(lake: Lake) -> str | None:
    """Return the check value of the people in a lake; None where none were landed yet."""
    return json.loads(lake.get(_NOTE))["check"] if lake.exists(_NOTE) else None
