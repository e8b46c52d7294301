"""Finding the rows that a SOQL query asks for, in the order that it asks for.

Written from the SOQL and SOSL reference (as `salesforce_soql` says) and, for what is refused, from
answers that public clients recorded: a field that the account may not see is refused in the words
for one that does not exist (400 INVALID_FIELD), an object likewise (400 INVALID_TYPE). Without
ORDER BY no order is promised; here rows then come by id.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from tests.emulators.salesforce_records import LAST, Records, Row, Seen, Table
from tests.emulators.salesforce_schema import OBJECT_NAMES, OBJECTS, Field, SObject, checked
from tests.emulators.salesforce_soql import Condition, Group, Literal, Node, Query, SoqlError

HINT = (
    " If you are attempting to use a custom {}, be sure to append the '__c' after the {} name."
    " Please reference your WSDL or the describe call for the appropriate names."
)
Test = Callable[[Row], bool]


@dataclass(frozen=True)
class Path:
    """A field of a row, or of a row that it refers to: `Owner.Profile.Name`."""

    text: str
    steps: tuple[Field, ...]
    field: Field

    def of(self, row: Row, records: Records) -> Any:
        for step in self.steps:
            id_ = row[step.name]
            if id_ is None or id_ not in records.table_of(id_).rows:
                return None
            row = records.row(id_)
        return row.get(self.field.name)


class Search:
    """One query over an org, understood and checked for one account and API version."""

    def __init__(self, records: Records, query: Query, *, version: int) -> None:
        self.records, self.query, self.version = records, query, version
        name = OBJECT_NAMES.get(query.object.lower(), "")
        if not name or name in records.access.objects:
            said = f"sObject type '{query.object}' is not supported."
            raise SoqlError("INVALID_TYPE", said + HINT.format("object", "entity"))
        self.table: Table = records.tables[name]
        self.paths = [self.path(text) for text in query.fields]
        self.aggregates = [(how, self.path(text)) for how, text in query.aggregates]
        self.order = [
            (self.path(text), descends, nulls_first) for text, descends, nulls_first in query.order
        ]
        self._refuse_unsortable()
        self._test = self._compile(query.where) if query.where else None

    def path(self, text: str) -> Path:
        """Resolve a name of the query, whatever its capitals."""
        *relations, last = text.split(".")
        schema, steps, said = self.table.schema, [], []
        for relation in relations:
            step = next((f for f in schema.fields.values() if self._leads(f, relation)), None)
            if step is None or self._is_hidden(schema, step):
                raise SoqlError("INVALID_FIELD", f"Didn't understand relationship '{relation}'")
            steps.append(step)
            said.append(step.relationship or "")
            schema = self._target(step, last)
        name = schema.by_lower_name.get(last.lower())
        if name is None or self._is_hidden(schema, schema.fields[name]):
            lead = f"\nERROR at Row:1:Column:1\nNo such column '{last}' on entity '{schema.name}'."
            raise SoqlError("INVALID_FIELD", lead + HINT.format("field", "custom field"))
        return Path(".".join([*said, name]), tuple(steps), schema.fields[name])

    def ids(self, *, everything: bool, now: datetime) -> list[str]:
        """Return the ids of the rows that are met, in order, limit and offset taken off."""
        seen = self.records.seen(self.table, everything=everything, now=now)
        column = self._leading_column()
        found = self._met(seen, column)
        if not self._is_in_order(column):
            found = iter(self._sorted(list(found)) if self.order else sorted(found))
        end = None if self.query.limit is None else self.query.offset + self.query.limit
        return list(islice(found, self.query.offset, end))

    def _met(self, seen: Seen, column: str) -> Iterator[str]:
        rows, test = self.table.rows, self._test
        for id_ in self._candidates(column):
            if id_ in seen and (test is None or test(rows[id_])):
                yield id_

    def _candidates(self, column: str) -> Iterator[str]:
        for grouped, group in self.table.groups.items():
            values = _equals(self.query.where, grouped)
            if values is not None and column == "Id" and not self.order:
                return iter(sorted({id_ for v in values for id_ in group.get(checked_id(v), [])}))
        low, high = _bounds(self.query.where, column)
        return self.table.between(column, low, high)

    def _leading_column(self) -> str:
        """Choose the order to walk: the one asked for, else one that narrows, else by id."""
        if self.order and not self.order[0][0].steps:
            name = self.order[0][0].field.name
            if name in self.table.orders:
                return name
        where = self.query.where
        return next((c for c in self.table.orders if _bounds(where, c) != ("", LAST)), "Id")

    def _is_in_order(self, column: str) -> bool:
        asked = [(path.text, descends) for path, descends, _ in self.order] or [("Id", False)]
        return asked in ([(column, False)], [(column, False), ("Id", False)])

    def _sorted(self, ids: list[str]) -> list[str]:
        rows = self.table.rows
        for path, descends, nulls_first in reversed(self.order):
            by_id = {id_: folded(path.of(rows[id_], self.records)) for id_ in ids}
            kept = [id_ for id_ in ids if by_id[id_] is not None]
            nulls = [id_ for id_ in ids if by_id[id_] is None]
            kept.sort(key=by_id.__getitem__, reverse=descends)
            ids = nulls + kept if nulls_first else kept + nulls
        return ids

    def _compile(self, node: Node) -> Test:
        if isinstance(node, Condition):
            return self._condition(node)
        tests = [self._compile(part) for part in node.parts]
        if node.joined == "not":
            return lambda row: not tests[0](row)
        if node.joined == "or":
            return lambda row: any(test(row) for test in tests)
        return lambda row: all(test(row) for test in tests)

    def _condition(self, condition: Condition) -> Test:
        path = self.path(condition.field)
        if not path.field.filterable:
            said = f"field '{path.field.name}' can not be filtered in a query call"
            raise SoqlError("INVALID_FIELD", said)
        matches = MATCHES[condition.sign]
        name, exact = path.field.name, path.field.type in ("id", "reference", "datetime", "date")
        fold: Callable[[Any], Any] = (lambda value: value) if exact else folded
        listed = [fold(wanted_value(path.field, literal)) for literal in condition.literals]
        wanted = frozenset(listed) if "in" in condition.sign else listed
        if not path.steps:
            return lambda row: matches(fold(row.get(name)), wanted)
        return lambda row: matches(fold(path.of(row, self.records)), wanted)

    def _leads(self, step: Field, relation: str) -> bool:
        return (step.relationship or "").lower() == relation.lower()

    def _target(self, step: Field, name: str) -> SObject:
        """Of several objects that a field may refer to, take one that has the name asked for."""
        targets = [OBJECTS[each] for each in step.refers_to]
        return next((t for t in targets if name.lower() in t.by_lower_name), targets[0])

    def _is_hidden(self, schema: SObject, asked: Field) -> bool:
        hidden = (schema.name, asked.name) in self.records.access.fields
        return hidden or asked.since > self.version

    def _refuse_unsortable(self) -> None:
        for path, *_ in self.order:
            if path.field.type == "textarea":
                said = f"field '{path.field.name}' can not be sorted in a query call"
                raise SoqlError("INVALID_FIELD", said)


def folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def checked_id(value: Any) -> Any:
    return checked(value) if isinstance(value, str) and len(value) == 15 else value


def wanted_value(asked: Field, literal: Literal) -> Any:
    """Return the value to compare with; dates go without quotes and ids may have 15 characters."""
    fits = literal.kind == "null" or literal.kind == {"datetime": "instant", "date": "day"}.get(
        asked.type, literal.kind
    )
    if not fits or (literal.kind in ("instant", "day") and asked.type not in ("datetime", "date")):
        said = f"value of filter criterion for field '{asked.name}' must be of type {asked.type}"
        raise SoqlError("INVALID_FIELD", said + " and should not be enclosed in quotes")
    if asked.type in ("id", "reference"):
        return checked_id(literal.value)
    return literal.value


def _like(value: Any, wanted: list[Any]) -> bool:
    pattern = re.escape(str(wanted[0])).replace("%", ".*").replace("_", ".")
    return value is not None and re.fullmatch(pattern, str(value), re.DOTALL) is not None


# a value is held against a list, or for "in" against a set
MATCHES: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, wanted: value == wanted[0],
    "!=": lambda value, wanted: value != wanted[0],
    "in": lambda value, wanted: value in wanted,
    "not in": lambda value, wanted: value not in wanted,
    "<": lambda value, wanted: value is not None and value < wanted[0],
    "<=": lambda value, wanted: value is not None and value <= wanted[0],
    ">": lambda value, wanted: value is not None and value > wanted[0],
    ">=": lambda value, wanted: value is not None and value >= wanted[0],
    "like": _like,
}


def _bounds(node: Node | None, column: str) -> tuple[str, str]:
    """Return values between which a column must be, as far as the conditions tell."""
    if isinstance(node, Group) and node.joined in ("and", "or"):
        bounds = [_bounds(part, column) for part in node.parts]
        lows, highs = [low for low, _ in bounds], [high for _, high in bounds]
        return (max(lows), min(highs)) if node.joined == "and" else (min(lows), max(highs))
    if not isinstance(node, Condition) or node.field.lower() != column.lower():
        return "", LAST
    value = checked_id(node.literals[0].value)
    if not isinstance(value, str) or node.sign not in ("=", "<", "<=", ">", ">="):
        return "", LAST
    return (value if node.sign in ("=", ">", ">=") else ""), (
        value if node.sign in ("=", "<", "<=") else LAST
    )


def _equals(node: Node | None, column: str) -> list[Any] | None:
    """Return the values of which a column must have one, if the conditions say so."""
    if isinstance(node, Group) and node.joined == "and":
        found = (_equals(part, column) for part in node.parts)
        return next((values for values in found if values is not None), None)
    if not isinstance(node, Condition) or node.field.lower() != column.lower():
        return None
    return [each.value for each in node.literals] if node.sign in ("=", "in") else None
