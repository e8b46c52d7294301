"""What pydantic finds wrong, as sentences that name file, line and key and say what to do."""

import re
import types
from collections.abc import Iterable
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from recount.contract.tree import Tree, Where
from recount.contract.vocabulary import link_in, shown, unknown
from recount.errors import ContractError

_MOST_SHOWN = 20

Model = TypeVar("Model", bound=BaseModel)


def typed(model: type[Model], value: Any, tree: Tree, at: Where = ()) -> Model:
    """Type a part of a contract; the ContractError has one line for each problem."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        raise ContractError("\n".join(_sentences(model, problems, tree, at))) from None


def _sentences(
    model: type[BaseModel], problems: Iterable[ErrorDetails], tree: Tree, at: Where
) -> list[str]:
    placed = [(_where(problem, tree, at), problem) for problem in problems if _says_more(problem)]
    placed.sort(key=lambda found: tree.line(found[0]))
    sentences = [
        tree.sentence(where, _because(model, problem, where[len(at) :]))
        for where, problem in placed[:_MOST_SHOWN]
    ]
    if len(placed) > _MOST_SHOWN:
        sentences.append(f"{tree.file}: {len(placed) - _MOST_SHOWN} more; correct these first")
    return sentences


def _says_more(problem: ErrorDetails) -> bool:
    """Leave out that a list is too short when it is so only because of what is wrong in it."""
    return problem["type"] != "too_short" or not problem["input"]


def _where(problem: ErrorDetails, tree: Tree, at: Where) -> Where:
    """Return the place in the file; pydantic's own also names a list of one and missing keys."""
    inside = tuple(step for step in problem["loc"] if step != "[key]")
    return tree.known((*at, *inside, *problem.get("ctx", {}).get("at", ())))


def _because(model: type[BaseModel], problem: ErrorDetails, where: Where) -> str:
    """Say what is wrong and what to do, in the words of a contract."""
    context, last_step = problem.get("ctx", {}), problem["loc"][-1:]
    match problem["type"]:
        case "refused":
            return str(context["because"])
        case "value_error":
            return str(context["error"])
        case "missing":
            return _missing(_part_at(model, where), str(*last_step))
        case "extra_forbidden":
            return unknown(str(*last_step), _keys(_part_at(model, where[:-1])), "key here")
        case "literal_error":
            of_what = where[:-1] if last_step == ("[key]",) else where
            return _unknown_word(problem["input"], context["expected"], of_what)
        case "model_type" | "dict_type":
            return _no_mapping(problem["input"], _keys(_part_at(model, where)))
        case "tuple_type" | "list_type":
            return "write a list here, in brackets: [one, another]"
        case "too_short":
            return "this is empty; write at least one"
    return f"{problem['msg']}; correct it"


def _missing(part: Any, key: str) -> str:
    fields = {field.alias or name: field for name, field in part.model_fields.items()}
    meaning = (fields[key].description or "").rstrip(".")
    choices = " or ".join(map(str, _choices(fields[key].annotation)))
    return f"{key} is missing; add {key}: {choices or '...'} ({meaning})"


def _unknown_word(word: Any, expected: str, where: Where) -> str:
    key = next(step for step in reversed(where) if isinstance(step, str))
    choices = re.findall(r"'([^']*)'", expected)
    if not isinstance(word, str) or not word:
        return f"write one text here: {' or '.join(choices)}"
    if len(choices) == 1:
        return f"{shown(word)} is not supported for {key}; write {choices[0]}"
    return unknown(word, choices, f"word for {key}")


def _no_mapping(value: Any, keys: list[str]) -> str:
    if isinstance(value, str) and link_in(value):
        return unknown(value, (), "definition")
    names = f" with keys such as {', '.join(keys[:4])}" if keys else " of names here"
    return f"write a mapping{names}, each with its value"


def _keys(part: Any) -> list[str]:
    if not (isinstance(part, type) and issubclass(part, BaseModel)):
        return []
    return [field.alias or name for name, field in part.model_fields.items()]


def _part_at(model: Any, where: Where) -> Any:
    """Return the type that the language has at a place, where it is a mapping of known keys."""
    for step in where:
        model = _below(model, step)
    return model


def _below(kind: Any, step: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if step == (field.alias or name):
                return _without_none(field.annotation)
        return _below(get_type_hints(kind).get("__pydantic_extra__"), step)
    inner = get_args(kind)
    if get_origin(kind) is dict:
        return _without_none(inner[1])
    return _without_none(inner[0]) if inner and isinstance(step, int) else None


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(choice for choice in get_args(kind) if choice is not type(None))
    return kind


def _choices(kind: Any) -> tuple[Any, ...]:
    kind = _without_none(kind)
    return get_args(kind) if get_origin(kind) is Literal else ()
