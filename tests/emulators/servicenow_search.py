"""Which rows an encoded query finds, quickly: conditions cut sorted lists where they can."""

import bisect
import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from tests.emulators.servicenow_query import COMPARES, Condition, Group, Query
from tests.emulators.servicenow_schema import TIMES
from tests.emulators.servicenow_tables import Entry, Row, Table, key

# columns whose values compare as texts do
BOUNDED = TIMES | {"sys_id"}
Walk = Callable[[Row, str], str]


@dataclass(frozen=True)
class Found:
    """Rows of one table in order: how many, and a page of them."""

    count: int
    page: list[str]


def select(table: Table, query: Query, walk: Walk, offset: int, limit: int) -> Found:
    """Find a page of a query.

    Nothing is promised about rows that the order does not tell apart. So that no client relies on
    them they come in one order on even pages and in another on odd ones.
    """
    order = query.ascending
    plans = [Plan.of(group, table, order) for group in query.groups]
    shapes = {(plan.order, tuple(plan.equal), bool(plan.rest)) for plan in plans}
    if order is not None and shapes == {(order, tuple(plans[0].equal), False)}:
        return _from_index(table, plans, offset, limit)
    ids = {sys_id for plan in plans for sys_id in plan.found(table, walk)}
    scramble = not query.is_total and limit and (offset // limit) % 2
    ordered = sorted(ids, key=lambda sys_id: sys_id[::-1] if scramble else sys_id)
    for column, descends in reversed(query.orders):
        keys = {sys_id: key(column, walk(table.rows[sys_id], column)) for sys_id in ordered}
        ordered.sort(key=keys.__getitem__, reverse=descends)
    return Found(len(ordered), ordered[offset : offset + limit])


def count(table: Table, query: Query, walk: Walk) -> Iterable[str]:
    """Return the rows that a query finds, in no order."""
    plans = [Plan.of(group, table, None) for group in query.groups]
    return {sys_id for plan in plans for sys_id in plan.found(table, walk)}


def _from_index(table: Table, plans: list["Plan"], offset: int, limit: int) -> Found:
    spans: dict[int, tuple[list[Entry], list[tuple[int, int]]]] = {}
    for plan in plans:
        for entries, first, last in plan.spans(table):
            spans.setdefault(id(entries), (entries, []))[1].append((first, last))
    runs = [(entries, *run) for entries, found in spans.values() for run in _joined(found)]
    total = sum(last - first for _, first, last in runs)
    if len(runs) == 1:
        entries, first, last = runs[0]
        page = entries[first + offset : min(last, first + offset + limit)]
    else:
        lists = [
            entries[first : min(last, first + offset + limit)] for entries, first, last in runs
        ]
        page = list(islice(heapq.merge(*lists), offset, offset + limit))
    return Found(total, [str(entry[-1]) for entry in page])


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the same places, none of them twice."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(span for span in spans if span[0] < span[1]):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


@dataclass
class Plan:
    """How a group is answered: equal values pick lists, bounds cut them, the rest is tried."""

    equal: Mapping[str, list[str]]
    order: tuple[str, ...]
    low: Entry
    high: Entry
    rest: Group

    @classmethod
    def of(cls, group: Group, table: Table, order: tuple[str, ...] | None) -> "Plan":
        alone = [each[0] for each in group if len(each) == 1 and each[0].field in table.place]
        ranged = next((c.field for c in alone if c.operator in COMPARES and c.field in TIMES), "")
        if ranged and (order is None or order == ()):
            order = (ranged,)
        used: list[Condition] = []
        low, high = _bounds(alone, (*(order or ()), "sys_id"), used)
        equal: dict[str, list[str]] = {}
        for condition in alone:
            fits = condition.operator in ("=", "IN") and condition not in used
            if fits and condition.field not in equal and len(equal) < 3:
                equal[condition.field] = condition.values
                used.append(condition)
        rest = [each for each in group if not (len(each) == 1 and each[0] in used)]
        equal = dict(sorted(equal.items()))
        return cls(equal, order or (), low, high, rest)

    def spans(self, table: Table) -> Iterable[tuple[list[Entry], int, int]]:
        for entries in table.parts(self.equal, self.order):
            first = bisect.bisect_left(entries, self.low)
            last = bisect.bisect_left(entries, self.high)
            yield entries, first, max(first, last)

    def found(self, table: Table, walk: Walk) -> Iterable[str]:
        for entries, first, last in self.spans(table):
            for entry in entries[first:last]:
                row = table.rows[str(entry[-1])]
                if all(any(c.holds(walk(row, c.field)) for c in each) for each in self.rest):
                    yield str(entry[-1])


def _bounds(
    conditions: list[Condition], order: tuple[str, ...], used: list[Condition]
) -> tuple[Entry, Entry]:
    """Return the first entry wanted and the first one that is not; () is no bound."""
    prefix: Entry = ()
    for column in order:
        mine = [condition for condition in conditions if condition.field == column]
        if [condition.operator for condition in mine] == ["="]:
            prefix = (*prefix, key(column, mine[0].value))
            used.extend(mine)
            continue
        ranges = [each for each in mine if each.operator in COMPARES]
        if not ranges or column not in BOUNDED:
            break
        used.extend(ranges)
        lows = [_edge(prefix, each) for each in ranges if each.operator in (">", ">=")]
        highs = [_edge(prefix, each) for each in ranges if each.operator in ("<", "<=")]
        # "!" is before every value, and after the empty one, which no comparison finds
        return max([*lows, (*prefix, "!")]), min([*highs, (*prefix, END)])
    return prefix, (*prefix, END)


def _edge(prefix: Entry, condition: Condition) -> Entry:
    beyond = condition.operator in (">", "<=")
    return (*prefix, condition.value, END) if beyond else (*prefix, condition.value)


class _After(str):
    """Sorts after every text and number."""

    def __lt__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return True


END = _After("\x7f")
