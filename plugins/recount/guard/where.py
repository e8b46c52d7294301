"""Which rows of a table an expectation is about, in three forms that need no language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from recount.contract.texts import text_of

_FORMS = "`column >= 10`, `column in one, another` or `column is known`"
_FORM = re.compile(
    r"(?P<column>[a-z]\w{0,63}) (?:>= (?P<bound>\d{1,15})|in (?P<words>\w+(?:, \w+)*)|is known)",
    re.ASCII,
)


@dataclass(frozen=True)
class Where:
    """A condition on one column: a lower bound, a list of words, or (with neither) not null."""

    column: str
    at_least: int | None = None
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write it as the file does."""
        if self.at_least is not None:
            return f"{self.column} >= {self.at_least}"
        return (
            f"{self.column} in {', '.join(self.words)}" if self.words else f"{self.column} is known"
        )

    def is_true_of(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is meant; a null is not, whatever is asked of it."""
        value = row[self.column]
        if value is None or self.at_least is not None:
            return value is not None and value >= self.at_least
        return not self.words or value in self.words

    def condition(self, column: Any) -> Any:
        """Say the same with a column of Great Expectations."""
        if self.at_least is not None:
            return column >= self.at_least
        return column.is_in(self.words) if self.words else column.is_not_null()


def _read(value: object) -> Where:
    found = _FORM.fullmatch(text_of(value))
    if not found:
        raise ValueError(f"this says of no row whether it is meant; write {_FORMS}")
    words = tuple(found["words"].split(", ")) if found["words"] else ()
    return Where(found["column"], int(found["bound"]) if found["bound"] else None, words)


WhereText = Annotated[Where, BeforeValidator(_read)]
