"""The files of expectations, read strictly: a misspelt one must not become one that is off."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from recount.contract.part import Part
from recount.contract.problems import typed
from recount.contract.texts import OneOrMore, Prose, written_as
from recount.contract.tree import Plain, Tree, Where, grow
from recount.errors import ContractError, RecountError
from recount.guard.findings import Severity
from recount.guard.hops import Hop
from recount.guard.where import WhereText

# The guarded tables, in the order in which their findings are read.
TABLES = ("run", "manifests", "control_totals", "line_totals", "statements")
_PARAMETER = "$PARAMETER"
_WORD = r"[a-z][a-z0-9_]{0,63}"

Word = Annotated[
    str, BeforeValidator(written_as(_WORD, "no name here; write lower-case words joined by _"))
]


class ExpectationError(RecountError):
    """A file of expectations cannot be judged by as it is written."""


class Entry(Part):
    """One expectation; keys that are not named here are arguments of Great Expectations."""

    model_config = ConfigDict(extra="allow")

    expect: Word
    """The type of Great Expectations without its `expect_`."""
    rule: Word
    """The finding's name, unique over all files: what is wrong when it is not met."""
    severity: Severity
    """`hold` where the figures are then unfit to accuse somebody."""
    hop: Hop
    """The stage whose work it judges."""
    because: Prose
    """Why it matters; finance reads it."""
    observed: Prose
    """What was counted, with columns and parameters in braces."""
    when: dict[str, OneOrMore[str]] = Field(default_factory=dict)
    """The values of parameters for which it applies; always, if left out."""
    where: WhereText | None = None
    """The rows that it is about; all, if left out."""


@dataclass(frozen=True)
class Expectation:
    """An entry with the arguments for Great Expectations, and where it stands."""

    table: str
    entry: Entry
    arguments: Mapping[str, Any]
    tree: Tree
    position: int

    def error(self, key: str, because: str) -> ExpectationError:
        """Return the error to raise for what is wrong at a key, or at the entry as a whole."""
        where = self.tree.known((self.position, key))
        return ExpectationError(f"{self.tree.file}:{self.tree.line(where)}: {because}")

    @property
    def columns(self) -> Iterator[tuple[str, str]]:
        """The columns that are judged or choose the rows, each with its key."""
        if self.entry.where:
            yield "where", self.entry.where.column
        for key in ("column", "column_A", "column_B", "column_list"):
            names = self.arguments.get(key, [])
            yield from ((key, name) for name in ([names] if isinstance(names, str) else names))

    @property
    def parameters(self) -> Iterator[tuple[str, str]]:
        """The parameters that the entry depends on, each with its key."""
        yield from (("when", name) for name in self.entry.when)
        for key, value in self.arguments.items():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict) and _PARAMETER in each:
                    yield key, each[_PARAMETER]

    @property
    def fields(self) -> Iterator[tuple[str, str]]:
        """The columns and parameters that `observed` shows, each with its key."""
        refusal = self.error("observed", "write columns and parameters in braces, nothing more")
        try:
            parts = list(Formatter().parse(self.entry.observed))
        except ValueError:
            raise refusal from None
        for _, field, form, conversion in parts:
            if form or conversion or (field is not None and not re.fullmatch(_WORD, field)):
                raise refusal
            if field is not None:
                yield "observed", field


def read_all(folder: Path) -> dict[str, tuple[Expectation, ...]]:
    """Read the file of each guarded table; ExpectationError where one cannot be judged by."""
    _refuse_other_files(folder)
    found = {table: _read(folder / f"{table}.yml") for table in TABLES}
    named: dict[str, Expectation] = {}
    for expectation in (each for table in TABLES for each in found[table]):
        first = named.setdefault(expectation.entry.rule, expectation)
        if first is not expectation:
            raise expectation.error(
                "rule",
                f"{expectation.entry.rule!r} stands here again (first in {first.tree.file.name});"
                " give each expectation a name of its own",
            )
    return found


def _refuse_other_files(folder: Path) -> None:
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix in (".yml", ".yaml") and path.name not in {f"{t}.yml" for t in TABLES}:
            raise ExpectationError(
                f"{path}: no table of that name is guarded; the files are "
                + ", ".join(f"{table}.yml" for table in TABLES)
            )


def _read(path: Path) -> tuple[Expectation, ...]:
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as problem:
        because = getattr(problem, "strerror", None) or "it is not UTF-8"
        raise ExpectationError(
            f"{path}: the expectations cannot be read ({because}); restore the file"
        ) from None
    if not re.sub(r"(?m)^\s*#.*$", "", text).strip():
        raise ExpectationError(f"{path}: no expectation stands here; write a list of them")
    try:
        return tuple(_entries(path, grow(path, text)))
    except ContractError as error:  # the reader of contracts is used, and its sentences
        raise ExpectationError(str(error)) from None
    except ValueError as error:
        raise ExpectationError(f"{path}: {error}") from None


def _entries(path: Path, tree: Tree) -> Iterator[Expectation]:
    if not isinstance(tree.value, list) or not tree.value:
        raise tree.error((), "write a list of expectations, each beginning with `- expect:`")
    for position, value in enumerate(tree.value):
        entry = typed(Entry, value, tree, (position,))
        arguments = {
            key: _argument(argument, tree, (position, key))
            for key, argument in (entry.model_extra or {}).items()
        }
        yield Expectation(path.stem, entry, arguments, tree, position)


def _argument(value: Any, tree: Tree, where: Where) -> Any:
    """Type what a file says: a plain whole number is one, everything else stays text."""
    if isinstance(value, list):
        return [_argument(each, tree, (*where, n)) for n, each in enumerate(value)]
    if isinstance(value, dict):
        return {key: _argument(each, tree, (*where, key)) for key, each in value.items()}
    if isinstance(value, Plain) and value in ("true", "false"):
        return value == "true"
    if isinstance(value, Plain) and re.fullmatch(r"-?\d{1,15}", value, re.ASCII):
        return int(value)
    if isinstance(value, Plain) and re.fullmatch(r"[-+.\d][\d._]*(e[-+]?\d+)?", value, re.I):
        raise tree.error(where, f"{value!s} is no whole number; bounds are whole, or a $PARAMETER")
    return str(value)
