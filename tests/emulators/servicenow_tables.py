"""Tables of strings that keep themselves sorted in whichever orders they were asked for."""

import bisect
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from tests.emulators.servicenow_schema import NUMBERS

Row = tuple[str, ...]
Key = Any  # a number or a text, and of one kind in a column
# An index has one sorted list of (ordered values, sys_id) per combination of values in `equal`.
IndexName = tuple[tuple[str, ...], tuple[str, ...]]
Entry = tuple[Key, ...]


def key(column: str, value: str) -> Key:
    """Return what a value is compared by: numbers as numbers, and nothing before everything."""
    if column not in NUMBERS:
        return value
    try:
        return float(value)
    except ValueError:
        return float("-inf")


class Table:
    """Rows by sys_id; an index comes into being when a query can use it, and is kept from then."""

    def __init__(self, name: str, columns: tuple[str, ...]) -> None:
        self.name = name
        self.columns = columns
        self.place = {column: number for number, column in enumerate(columns)}
        self.rows: dict[str, Row] = {}
        self._indexes: dict[IndexName, dict[Row, list[Entry]]] = {}

    def value(self, sys_id: str, column: str) -> str:
        return self.rows[sys_id][self.place[column]]

    def write(self, sys_id: str, values: Mapping[str, str]) -> None:
        """Add a row, or change some values of one."""
        row = list(self.rows.get(sys_id) or [""] * len(self.columns))
        for column, value in values.items():
            row[self.place[column]] = value
        row[self.place["sys_id"]] = sys_id
        self.remove(sys_id)
        self.rows[sys_id] = written = tuple(row)
        for name, parts in self._indexes.items():
            part, entry = self._entry(name, written)
            bisect.insort(parts.setdefault(part, []), entry)

    def remove(self, sys_id: str) -> None:
        row = self.rows.pop(sys_id, None)
        if row is None:
            return
        for name, parts in self._indexes.items():
            part, entry = self._entry(name, row)
            entries = parts[part]
            del entries[bisect.bisect_left(entries, entry)]

    def parts(
        self, equal: Mapping[str, list[str]], order: tuple[str, ...]
    ) -> Iterator[list[Entry]]:
        """Yield the sorted lists of the rows whose columns have one of the values named."""
        name = (tuple(sorted(equal)), order)
        parts = self._indexes.get(name) or self._build(name)
        for part in product(*(dict.fromkeys(equal[column]) for column in name[0])):
            if part in parts:
                yield parts[part]

    def _build(self, name: IndexName) -> dict[Row, list[Entry]]:
        parts: dict[Row, list[Entry]] = {}
        for row in self.rows.values():
            part, entry = self._entry(name, row)
            parts.setdefault(part, []).append(entry)
        for entries in parts.values():
            entries.sort()
        self._indexes[name] = parts
        return parts

    def _entry(self, name: IndexName, row: Row) -> tuple[Row, Entry]:
        equal, order = name
        part = tuple(row[self.place[column]] for column in equal)
        keys = tuple(key(column, row[self.place[column]]) for column in order)
        return part, (*keys, row[self.place["sys_id"]])
