"""Reading SOQL: the part of the language that a reader of records needs.

Written from the SOQL and SOSL reference (developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta:
sforce_api_calls_soql_select_dateformats, _select_orderby), prose with examples; no grammar is
published. That `AND` beside `OR` without parentheses is refused, and the wording of refusals, are
what clients of the API know from use.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.emulators.salesforce_records import to_text

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:\\.|[^'\\])*')"
    r"|(?P<instant>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"
    r"|(?P<day>\d{4}-\d\d-\d\d)(?![T\d])|(?P<number>-?\d+(?:\.\d+)?)(?![-\d:T])"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),])|(?P<name>[A-Za-z_][\w.]*))"
)
SIGNS = {"=", "!=", "<>", "<", "<=", ">", ">="}
AGGREGATES = {"count", "min", "max"}


class SoqlError(Exception):
    """A query that is refused, with the vendor's error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Literal:
    """A value in a condition: `kind` is text, instant, day, number, boolean or null."""

    kind: str
    value: str | float | bool | None


@dataclass(frozen=True)
class Condition:
    field: str
    sign: str
    literals: tuple[Literal, ...]


@dataclass(frozen=True)
class Group:
    """Parts joined by `and` or `or`, or one part under `not`."""

    joined: str
    parts: tuple["Condition | Group", ...]


Node = Condition | Group


@dataclass
class Query:
    object: str
    fields: list[str] = field(default_factory=list)
    aggregates: list[tuple[str, str]] = field(default_factory=list)
    counts: bool = False
    where: Node | None = None
    # field, whether it descends, whether nulls come first
    order: list[tuple[str, bool, bool]] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0


class Reader:
    """Reads one query from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while text[place:].strip():
            found = TOKEN.match(text, place)
            if found is None:
                raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{text[place:].split()[0]}'")
            self.tokens.append((found.lastgroup or "", found.group(found.lastgroup or 0)))
            place = found.end()
        self.place = 0

    def word(self) -> str:
        """Return the coming token in lower case, or nothing at the end."""
        return self.tokens[self.place][1].lower() if self.place < len(self.tokens) else ""

    def take(self, *expected: str) -> tuple[str, str]:
        if self.place >= len(self.tokens) or (expected and self.word() not in expected):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{self.word() or '<EOF>'}'")
        self.place += 1
        return self.tokens[self.place - 1]

    def took(self, *words: str) -> bool:
        if self.word() not in words:
            return False
        self.place += 1
        return True

    def name(self) -> str:
        kind, text = self.take()
        if kind != "name":
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{text}'")
        return text

    def number(self) -> int:
        return int(self.take()[1])


def parse(text: str) -> Query:
    """Read `SELECT ... FROM ... [WHERE ...] [ORDER BY ...] [LIMIT n] [OFFSET n]`."""
    reader, query = Reader(text), Query("")
    reader.take("select")
    while True:
        _selected(reader, query)
        if not reader.took(","):
            break
    reader.take("from")
    query.object = reader.name()
    if reader.took("where"):
        query.where = _joined(reader)
    if reader.took("order"):
        reader.take("by")
        query.order = _orders(reader)
    if reader.took("limit"):
        query.limit = reader.number()
    if reader.took("offset"):
        query.offset = reader.number()
    if reader.word():
        reader.take("<end>")
    return query


def _selected(reader: Reader, query: Query) -> None:
    name = reader.name()
    if not reader.took("("):
        query.fields.append(name)
        return
    if name.lower() not in AGGREGATES:
        raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{name}'")
    if reader.took(")"):
        query.counts = True
        return
    query.aggregates.append((name.lower(), reader.name()))
    reader.take(")")


def _joined(reader: Reader) -> Node:
    parts = [_part(reader)]
    joined = reader.word() if reader.word() in ("and", "or") else ""
    while reader.word() in ("and", "or"):
        reader.take(joined)
        parts.append(_part(reader))
    return Group(joined, tuple(parts)) if joined else parts[0]


def _part(reader: Reader) -> Node:
    if reader.took("not"):
        return Group("not", (_part(reader),))
    if reader.took("("):
        inner = _joined(reader)
        reader.take(")")
        return inner
    name = reader.name()
    if reader.took("in"):
        return Condition(name, "in", _list(reader))
    if reader.took("not"):
        reader.take("in")
        return Condition(name, "not in", _list(reader))
    _, sign = reader.take(*SIGNS, "like")
    return Condition(name, sign.lower().replace("<>", "!="), (_literal(reader),))


def _list(reader: Reader) -> tuple[Literal, ...]:
    reader.take("(")
    literals = [_literal(reader)]
    while reader.took(","):
        literals.append(_literal(reader))
    reader.take(")")
    return tuple(literals)


def _literal(reader: Reader) -> Literal:
    kind, text = reader.take()
    if kind == "text":
        return Literal("text", re.sub(r"\\(.)", r"\1", text[1:-1]))
    if kind == "instant":
        at = datetime.fromisoformat(text).astimezone(UTC)
        return Literal("instant", to_text(at).replace(".000", f".{at.microsecond // 1000:03}"))
    if kind == "day":
        return Literal("day", text)
    if kind == "number":
        return Literal("number", float(text))
    if text.lower() == "null":
        return Literal("null", None)
    if text.lower() in ("true", "false"):
        return Literal("boolean", text.lower() == "true")
    raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{text}'")


def _orders(reader: Reader) -> list[tuple[str, bool, bool]]:
    orders = []
    while True:
        name = reader.name()
        descends = not reader.took("asc") and reader.took("desc")
        nulls_first = True
        if reader.took("nulls"):
            nulls_first = reader.take("first", "last")[1].lower() == "first"
        orders.append((name, descends, nulls_first))
        if not reader.took(","):
            return orders
