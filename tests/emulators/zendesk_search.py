"""The part of the search language that counts tickets.

Written from developer.zendesk.com/api-reference/ticketing/ticket-management/search and the help
centre's "Zendesk Support search reference" (prose). Example: `type:ticket status<solved`.
"""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.emulators.zendesk_records import Ticket

TERM = re.compile(r"(-?)(\w+)(>=|<=|>|<|:)(\S+)")
COMPARE = {":": operator.eq, ">": operator.gt, "<": operator.lt,
           ">=": operator.ge, "<=": operator.le}  # fmt: skip
STATUSES = ["new", "open", "pending", "hold", "solved", "closed"]


def matches(ticket: Ticket, query: str, indexed_until: int) -> bool:
    """Tell whether a search finds a ticket; deleted and not yet indexed ones it never does."""
    if ticket.status == "deleted" or ticket.created > indexed_until:
        return False
    return all(_fits(ticket, *term) for term in TERM.findall(query))


def _fits(ticket: Ticket, minus: str, name: str, sign: str, value: str) -> bool:
    return _is_so(ticket, name, COMPARE[sign], value) != (minus == "-")


def _is_so(ticket: Ticket, name: str, compare: Callable[[Any, Any], bool], value: str) -> bool:
    if name in ("created", "updated", "solved"):
        second = getattr(ticket, name)
        return second is not None and compare(*_instants(second, value))
    if name == "status":
        return compare(STATUSES.index(ticket.status), STATUSES.index(value))
    if name == "tags":
        return value in ticket.tags
    known = {"type": "ticket", "support_type": ticket.support_type, "group": str(ticket.group),
             "requester": str(ticket.requester), "assignee": str(ticket.assignee)}  # fmt: skip
    return known[name] == value


def _instants(second: int, value: str) -> tuple[str, str]:
    """Return both sides at the precision of the value: a day, or a second."""
    text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return text[: len(value)], value
