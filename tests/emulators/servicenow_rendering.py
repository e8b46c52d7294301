"""How the Table API writes a record: actual values, display values, references, hidden fields.

Written from the parameters and the printed answer of `c_TableAPI.md` and from "Dot-walking" and
"REST API table access" of `c_RESTAPI.md` (ServiceNow/ServiceNowDocs at cb48b5c3).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.emulators.servicenow_schema import DISPLAYS, LABELS, TIMES, reference
from tests.emulators.servicenow_tables import Row, Table

JOURNALS = {
    "comments": ("comments",),
    "work_notes": ("work_notes",),
    "comments_and_work_notes": ("comments", "work_notes"),
}
# a task is any record of a table that extends it; here that is an incident
CLASSES = {"task": "incident"}


class Rendering:
    """Writes rows. `hidden` are the (table, column) that the account may not read."""

    def __init__(self, tables: Mapping[str, Table], url: str, time_zone: str) -> None:
        self.tables = tables
        self.url = url
        self.zone = ZoneInfo(time_zone)
        self.hidden: set[tuple[str, str]] = set()

    def rows(self, table: Table, ids: list[str], asked: Mapping[str, str]) -> list[dict[str, Any]]:
        """Write records with the fields asked for; unknown fields are left out."""
        named = [name for name in asked.get("sysparm_fields", "").split(",") if name]
        fields = [name for name in named or table.columns if self._is_readable(table, name)]
        display = asked.get("sysparm_display_value", "false")
        plain = asked.get("sysparm_exclude_reference_link") == "true"
        rows = []
        for sys_id in ids:
            row = table.rows[sys_id]
            rows.append({name: self._cell(table, row, name, display, plain) for name in fields})
        return rows

    def knows(self, table: Table, path: str) -> bool:
        """Say whether there is such a field; a path goes through references."""
        column, _, rest = path.partition(".")
        target = self._target(table, column)
        if column not in table.place or not rest:
            return column in table.place
        return target is not None and self.knows(target, rest)

    def walking(self, table: Table) -> Callable[[Row, str], str]:
        """Return what reads a field, or a path, of a row of the table."""

        def walk(row: Row, path: str) -> str:
            place = table.place.get(path)
            return row[place] if place is not None else self._walked(table, row, path)[2]

        return walk

    def _walked(self, table: Table, row: Row, path: str) -> tuple[Table, str, str]:
        """Return the table and column that a path ends in, and the value there."""
        column, _, rest = path.partition(".")
        value = row[table.place[column]]
        target = self._target(table, column)
        if not rest or target is None:
            return table, column, value
        return self._walked(target, target.rows.get(value) or ("",) * len(target.columns), rest)

    def _is_readable(self, table: Table, path: str) -> bool:
        return self.knows(table, path) and (table.name, path.split(".")[0]) not in self.hidden

    def _target(self, table: Table, column: str) -> Table | None:
        name = reference(table.name, column)
        return self.tables.get(CLASSES.get(name, name)) if name else None

    def _cell(self, table: Table, row: Row, path: str, display: str, plain: bool) -> Any:
        owner, column, value = self._walked(table, row, path) if "." in path else (table, path, "")
        if owner is table and "." not in path:
            value = row[table.place[column]]
        target = reference(owner.name, column)
        if display == "false":
            return value if plain or not target or not value else self._linked(target, value)
        shown = self._shown(owner, row, column, value)
        link = {} if plain or not target or not value else {"link": f"{self.url}/{target}/{value}"}
        if display == "all":
            return {"display_value": shown, "value": value, **link}
        return {"display_value": shown, **link} if link else shown

    def _linked(self, target: str, value: str) -> dict[str, str]:
        return {"link": f"{self.url}/{target}/{value}", "value": value}

    def _shown(self, table: Table, row: Row, column: str, value: str) -> str:
        if column in JOURNALS and table.name == "incident":
            return self._journal(row[table.place["sys_id"]], JOURNALS[column])
        target = self._target(table, column)
        if target is not None and value in target.rows:
            name = DISPLAYS.get(target.name, "name")
            return target.value(value, name)
        if column in TIMES and value:
            at = datetime.fromisoformat(value).replace(tzinfo=UTC)
            return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")
        return LABELS.get((table.name, column), {}).get(value, value)

    def _journal(self, incident: str, elements: tuple[str, ...]) -> str:
        """Write all entries, the latest first; only display values have them."""
        table = self.tables["sys_journal_field"]
        entries = next(table.parts({"element_id": [incident]}, ("sys_created_on",)), [])
        told = []
        for *_, sys_id in reversed(entries):
            if table.value(str(sys_id), "element") in elements:
                who, when = (table.value(str(sys_id), f"sys_created_{x}") for x in ("by", "on"))
                told.append(f"{when} - {who}\n{table.value(str(sys_id), 'value')}\n\n")
        return "".join(told)
