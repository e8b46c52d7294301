"""Encoded queries: how an instance reads `sysparm_query`.

Written from "Encoded query strings" and "Operators available for filters and queries" of the
product documentation (ServiceNow/ServiceNowDocs at cb48b5c3, `c_EncodedQueryStrings.md` and
`r_OpAvailableFiltersQueries.md`) and from the parameter's description in `c_TableAPI.md`: prose.
`^OR` joins the condition before it, so `a^b^ORc` is a and (b or c); `^NQ` begins a new query.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.emulators.servicenow_tables import key

CONDITION = re.compile(
    r"([a-z_][a-z0-9_.]*?)"
    r"(!=|>=|<=|=|>|<|NOT IN|IN|NOT LIKE|LIKE|CONTAINS|STARTSWITH|ENDSWITH|ISEMPTY|ISNOTEMPTY"
    r"|ANYTHING|BETWEEN)(.*)",
    re.DOTALL,
)
ORDER = re.compile(r"ORDERBY(DESC)?([a-z_][a-z0-9_.]*)")
COMPARES = {">": 1, ">=": 1, "<": -1, "<=": -1}


@dataclass(frozen=True)
class Condition:
    """One comparison of a field, which may be dot-walked, with a value."""

    field: str
    operator: str
    value: str

    @property
    def values(self) -> list[str]:
        return self.value.split(",") if self.operator == "IN" else [self.value]

    def holds(self, actual: str) -> bool:
        mine, theirs = key(self.field, actual), key(self.field, self.value)
        match self.operator:
            case "=" | "IN":
                return actual in self.values
            case "!=" | "NOT IN":
                return actual not in self.value.split(",")
            case ">" | ">=" | "<" | "<=":
                beyond = mine > theirs if COMPARES[self.operator] > 0 else mine < theirs
                return actual != "" and (beyond or ("=" in self.operator and mine == theirs))
            case "BETWEEN":
                first, _, last = self.value.partition("@")
                return first <= actual <= last
            case "LIKE" | "CONTAINS":
                return self.value.lower() in actual.lower()
            case "NOT LIKE":
                return self.value.lower() not in actual.lower()
            case "STARTSWITH":
                return actual.lower().startswith(self.value.lower())
            case "ENDSWITH":
                return actual.lower().endswith(self.value.lower())
            case _:
                return {"ISEMPTY": not actual, "ISNOTEMPTY": bool(actual)}.get(self.operator, True)


Group = list[list[Condition]]


@dataclass
class Query:
    """Any of the groups; in a group all of the lists; in a list any of the conditions."""

    groups: list[Group] = field(default_factory=lambda: [[]])
    orders: list[tuple[str, bool]] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)

    @property
    def is_total(self) -> bool:
        """Say whether the order leaves no two rows in the same place."""
        return any(column == "sys_id" for column, _ in self.orders)

    @property
    def ascending(self) -> tuple[str, ...] | None:
        """Return the columns of an order that an index can give, up to sys_id."""
        columns = [column for column, _ in self.orders]
        if not self.is_total or any(descends or "." in column for column, descends in self.orders):
            return None
        return tuple(columns[: columns.index("sys_id")])


def parse(
    text: str, knows: Callable[[str], bool], constant: Callable[[str, str], str] = lambda _, v: v
) -> Query:
    """Read an encoded query; what cannot be read, or names an unknown field, is left out."""
    query = Query()
    for term in filter(None, text.split("^")):
        if order := ORDER.fullmatch(term):
            _order(query, order[2], bool(order[1]), knows)
        elif term.startswith("NQ"):
            query.groups.append([[]])
            _condition(query, term[2:], knows, constant)
        elif term.startswith("OR") and query.groups[-1]:
            _condition(query, term[2:], knows, constant)
        elif term != "EQ":
            query.groups[-1].append([])
            _condition(query, term, knows, constant)
    query.groups = [[conditions for conditions in group if conditions] for group in query.groups]
    return query


def _condition(
    query: Query, term: str, knows: Callable[[str], bool], constant: Callable[[str, str], str]
) -> None:
    found = CONDITION.fullmatch(term)
    if found is None or not knows(found[1]):
        query.invalid.append(term)
        return
    query.fields.add(found[1])
    value = constant(found[1], found[3])
    query.groups[-1][-1].append(Condition(found[1], found[2], value))


def _order(query: Query, column: str, descends: bool, knows: Callable[[str], bool]) -> None:
    if knows(column):
        query.orders.append((column, descends))
        query.fields.add(column)
    else:
        query.invalid.append(f"ORDERBY{column}")
