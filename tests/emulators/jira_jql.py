"""The part of JQL that the emulator of Jira understands.

Written from prose: support.atlassian.com/jira-software-cloud/docs/jql-fields and -operators. A date
without a zone is read in the zone of the caller's profile and has minutes at best; a number is
milliseconds since 1970 (not on the page; airbytehq/airbyte#48395 relies on it). Words of refusals
as quoted in public issues (solidify/jira-azuredevops-migrator#178, raycast/extensions#21425,
bobcarroll/jira-client#277). Of ORDER BY only the first field counts; ties go by id.
"""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.emulators.jira_fields import known_values, readers_of
from tests.emulators.jira_records import Issue, to_ms
from tests.emulators.jira_site import Site

TOKEN = re.compile(r"""\s*(?:("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(>=|<=|!=|[=<>(),])|"""
                   r"""([^\s"'=<>!(),]+))""")  # fmt: skip
COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
           "=": operator.eq, "!=": operator.ne}  # fmt: skip
DATES = {"created": "created", "createddate": "created", "updated": "updated",
         "updateddate": "updated", "resolved": "resolved", "resolutiondate": "resolved",
         "statuscategorychangeddate": "category_changed"}  # fmt: skip
KEYS = ("key", "issuekey", "issue", "id")
RELATIVE = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
UNBOUNDED = ("Unbounded JQL queries are not allowed here. Please add a search restriction to "
             "your query.")  # fmt: skip

Test = Callable[[Issue], bool]


class JqlError(Exception):
    """What the vendor says to a query that it does not accept."""


@dataclass
class Query:
    """A parsed query; `bounds` are the least and the greatest value in the order it asks for."""

    matches: Test
    order: str = "id"
    is_descending: bool = True
    bounds: tuple[int, int] = (0, 1 << 62)


class Parser:
    """Reads one query on behalf of one caller."""

    def __init__(self, jql: str, site: Site, caller: str | None, zone: ZoneInfo, now: datetime,
                 projects: set[str]) -> None:  # fmt: skip
        self.site, self.caller, self.zone, self.now = site, caller, zone, now
        self.projects = projects
        self._tokens = list(tokens_of(jql))
        self._limits: dict[str, list[tuple[str, int]]] = {}
        self._depth = 0

    def parse(self) -> Query:
        if not self._tokens or self._peek() == "order":
            raise JqlError(UNBOUNDED)
        query = Query(self._either())
        if self._peek() == "order":
            self._order(query)
        if self._tokens:
            raise JqlError(f"Error in the JQL Query: Expecting either 'OR' or 'AND' but got "
                           f"'{self._tokens[0]}'.")  # fmt: skip
        for sign, value in self._limits.get(query.order, []):
            low, high = query.bounds
            query.bounds = (max(low, value), high) if sign[0] == ">" else (low, min(high, value))
        return query

    def _order(self, query: Query) -> None:
        self._next(), self._next()
        name = self._next().lower()
        query.order = DATES.get(name, "id")
        query.is_descending = False
        if query.order == "category_changed" or (name not in DATES and name not in KEYS):
            raise JqlError(f"Not able to sort using field '{name}'.")
        fields = 1
        while self._tokens:
            word = self._next().lower()
            if word == ",":
                fields += 1
            elif word in ("asc", "desc") and fields == 1:
                query.is_descending = word == "desc"
        if fields > 7:
            raise JqlError("The maximum number of fields to sort by is 7.")

    def _either(self) -> Test:
        tests = [self._all()]
        while self._peek() == "or":
            self._next()
            self._limits.clear()
            self._depth += 1  # a limit on one side of OR limits nothing
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda it: any(test(it) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._peek() == "and":
            self._next()
            tests.append(self._one())
        return lambda it: all(test(it) for test in tests)

    def _one(self) -> Test:
        if self._peek() == "not":
            self._next()
            self._depth += 1
            test = self._one()
            return lambda it: not test(it)
        if self._peek() != "(":
            return self._clause()
        self._next()
        self._depth += 1
        test = self._either()
        self._expect(")")
        self._depth -= 1
        return test

    def _clause(self) -> Test:
        field, sign = text_of(self._next()).lower(), self._next().lower()
        if sign == "is":
            sign = "is not" if self._peek() == "not" and self._next() else "is"
        elif sign == "not":
            self._expect("in")
            sign = "not in"
        if sign in ("in", "not in"):
            self._expect("(")
            values = [self._value()]
            while self._next() == ",":
                values.append(self._value())
        else:
            values = [self._value()]
        return self._date(field, sign, values[0]) if field in DATES else self._set(
            field, sign, values)  # fmt: skip

    def _date(self, field: str, sign: str, value: str | None) -> Test:
        name = DATES[field]
        if sign.startswith("is"):
            return lambda it: (getattr(it, name) is None) == (sign == "is")
        if sign not in COMPARE:
            raise JqlError(f"The operator '{sign}' is not supported by the '{field}' field.")
        limit, compare = self._instant(field, value or ""), COMPARE[sign]
        if not self._depth and sign[0] in "<>":
            self._limits.setdefault(name, []).append((sign, limit))
        return lambda it: getattr(it, name) is not None and compare(getattr(it, name), limit)

    def _instant(self, field: str, text: str) -> int:
        if text.lower() == "now()":
            return to_ms(self.now)
        if text.isdigit():
            return int(text)
        if found := re.fullmatch(r"([+-]?\d+)([mhdw])", text):
            return to_ms(self.now + timedelta(**{RELATIVE[found[2]]: int(found[1])}))
        for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d"):
            try:
                local = datetime.strptime(text.replace("/", "-"), form)
            except ValueError:
                continue
            return to_ms(local.replace(tzinfo=self.zone))
        raise JqlError(f"Date value '{text}' for field '{field}' is invalid. Valid formats "
                       "include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', "
                       "'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.")  # fmt: skip

    def _set(self, field: str, sign: str, values: list[str | None]) -> Test:
        readers = readers_of(self.site)
        if field not in readers:
            raise JqlError(f"Field '{field}' does not exist or you do not have permission to view "
                           "it.")  # fmt: skip
        read = readers[field]
        wanted = {one for value in values for one in self._known(field, value)}
        if sign in ("=", "in", "is"):
            return lambda it: read(it) in wanted
        if sign == "is not":
            return lambda it: read(it) not in wanted
        if sign in ("!=", "not in"):
            return lambda it: read(it) not in wanted and read(it) is not None
        raise JqlError(f"The operator '{sign}' is not supported by the '{field}' field.")

    def _known(self, field: str, value: str | None) -> list[Any]:
        """Return what stands in issues for a value of a query; a value must exist."""
        if value is None:
            return [None]
        if value.lower() == "currentuser()":
            return [self.caller]
        found = known_values(self.site, field, value)
        if field == "project":
            found = [key for key in found if key in self.projects]
        if field in KEYS:
            found = [id_ for id_ in found if self.site.issues[id_].project in self.projects]
        if found:
            return found
        if field in KEYS:
            raise JqlError(f"An issue with key '{value}' does not exist for field '{field}'.")
        raise JqlError(f"The value '{value}' does not exist for the field '{field}'.")

    def _value(self) -> str | None:
        word = self._next()
        if word.lower() in ("empty", "null"):
            return None
        if self._peek() == "(":
            self._next()
            self._expect(")")
            return f"{word}()"
        return text_of(word)

    def _peek(self) -> str:
        return self._tokens[0].lower() if self._tokens else ""

    def _next(self) -> str:
        if not self._tokens:
            raise JqlError("Error in the JQL Query: Expecting a value before the end of the query.")
        return self._tokens.pop(0)

    def _expect(self, token: str) -> None:
        if self._peek() != token:
            raise JqlError(f"Error in the JQL Query: Expecting '{token}' before the end of the "
                           "query.")  # fmt: skip
        self._next()


def tokens_of(jql: str) -> Iterator[str]:
    position = 0
    while jql[position:].strip():
        found = TOKEN.match(jql, position)
        if found is None:
            raise JqlError(f"Error in the JQL Query: The character '{jql[position]}' is a reserved "
                           "JQL character.")  # fmt: skip
        yield found[0].strip()
        position = found.end()


def text_of(token: str) -> str:
    """Return a token without its quotation marks."""
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[:1] in "\"'" else token
