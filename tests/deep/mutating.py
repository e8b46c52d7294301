"""Small changes of code that decides: one operator, limit or number becomes its neighbour."""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_SQL = {
    " < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " = ": " <> ", " <> ": " = ",
    " + ": " - ", " - ": " + ", " and": " or", " or": " and", " not": "",
    "least(": "greatest(", "greatest(": "least(", "min(": "max(", "max(": "min(",
    " is null": " is not null", " is not null": " is null",
    "left join": "inner join", " desc": " asc",
}  # fmt: skip
_SQL_TOKEN = re.compile(
    r"(?<![\w'])(least\(|greatest\(|min\(|max\()| (?:<=|>=|<>|<|>|=|\+|-) "
    r"|(?<=\S)\s(?:and|or|not)(?=\s)| is not null| is null|left join| desc\b"
    r"|(?<=(?:else|then) )\d+(?= |\n)(?! end\b)"
)
_NO_CODE = re.compile(r"--[^\n]*|{#.*?#}|'[^'\n]*'", re.DOTALL)
_PYTHON = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "+": "-", "-": "+",
    "+=": "-=", "-=": "+=", "*": "+", "//": "*", "%": "+", "&": "|",
    "and": "or", "or": "and", "not": "", "min": "max", "max": "min",
    "any": "all", "all": "any", "True": "False", "False": "True",
}  # fmt: skip

_BEFORE_A_SIGN = frozenset({"(", ",", "=", "[", "return", "**"})


@dataclass(frozen=True)
class Mutant:
    """One change: what stands at an offset of the text becomes something else."""

    offset: int
    was: str
    becomes: str

    def of(self, text: str) -> str:
        """Return the text with the change."""
        return text[: self.offset] + self.becomes + text[self.offset + len(self.was) :]

    def line(self, text: str) -> int:
        """Return the line of the change, from 1."""
        return text.count("\n", 0, self.offset) + 1


def of_sql(text: str) -> Iterator[Mutant]:
    """Yield the mutants of a model; comments, names and texts stay as they are."""
    code = _NO_CODE.sub(lambda found: "x" * len(found[0]), text)
    for found in _SQL_TOKEN.finditer(code):
        was = found[0]
        flat = re.sub(r"\s", " ", was)
        becomes = str(int(was) + 1) if was.isdigit() else _SQL[flat]
        if was.isdigit() or becomes != flat:
            yield Mutant(found.start(), was, becomes)


def of_python(text: str) -> Iterator[Mutant]:
    """Yield the mutants of a module; texts, annotations' bars and imports stay as they are."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for before, token in pairwise(tokens):
        offset = starts[token.start[0] - 1] + token.start[1]
        is_number = token.type == tokenize.NUMBER and token.string.isdigit()
        is_default = token.line.lstrip().startswith(("@", "def ", "from ", "import "))
        is_unary = token.string in ("-", "*") and before.string in _BEFORE_A_SIGN
        if is_default or is_unary or before.string == "." or before.line.lstrip().startswith('"""'):
            continue
        if is_number:
            yield Mutant(offset, token.string, str(int(token.string) + 1))
        elif token.type in (tokenize.OP, tokenize.NAME) and token.string in _PYTHON:
            yield Mutant(offset, token.string, _PYTHON[token.string])
