"""What packs ship as `evaluator.py`: the whole specification in one file, and nothing beside it."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from recount import evaluator
from recount.evidence import shipping
from recount.evidence.shipping import MODULES, as_one_file

RECOUNT = Path(evaluator.__file__).parent
TEXT = as_one_file()
BODY = ast.parse(TEXT).body
TEXTS = {name: (RECOUNT / name).read_text("utf-8") for name in MODULES}


def bound(body: list[ast.stmt]) -> Iterator[str]:
    """Every name that a module's own statements give something."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (each.asname or each.name for each in statement.names)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            yield from (n.id for n in ast.walk(statement) if is_given(n))


def is_given(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def imported(text: str) -> Iterator[tuple[str, list[str]]]:
    """What a text imports: of each module which names, none of a whole one."""
    for statement in ast.walk(ast.parse(text)):
        if isinstance(statement, ast.Import):
            yield from ((each.name, []) for each in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield str(statement.module), [each.name for each in statement.names]


def dotted(name: str) -> str:
    return f"recount.{name.removesuffix('.py').replace('/', '.')}"


def test_every_module_of_the_specification_is_in_it() -> None:
    beside = {f"recomputing/{path.name}" for path in (RECOUNT / "recomputing").glob("*.py")}
    assert sorted(MODULES) == sorted(beside - {"recomputing/__init__.py"} | {"evaluator.py"})


def test_it_begins_with_what_it_is_made_of() -> None:
    docstring = ast.get_docstring(ast.parse(TEXT))
    assert docstring is not None
    assert [line.strip() for line in docstring.splitlines() if line.endswith(".py")] == [*MODULES]


def test_no_name_is_given_twice() -> None:
    compile(TEXT, "evaluator.py", "exec")
    assert [name for name, times in Counter(bound(BODY)).items() if times > 1] == []


def test_all_that_any_module_says_is_in_it_once_and_in_order() -> None:
    commands = {ast.dump(ast.parse(text).body[-1]) for text in (TEXTS["evaluator.py"], TEXT)}
    said = [
        ast.dump(each)
        for text in TEXTS.values()
        for each in ast.parse(text).body
        if not isinstance(each, ast.Import | ast.ImportFrom) and ast.dump(each) not in commands
    ]
    there = [ast.dump(n) for n in BODY[1:-1] if not isinstance(n, ast.Import | ast.ImportFrom)]
    assert there == said


def test_it_imports_nothing_but_python() -> None:
    modules = {name.partition(".")[0] for name, _ in imported(TEXT)}
    assert modules <= sys.stdlib_module_names


def test_each_module_builds_on_those_before_it_alone() -> None:
    before: list[str] = []
    for name, text in TEXTS.items():
        own = text.partition('if __name__ == "__main__":')[0]
        ours = {module for module, _ in imported(own) if module.startswith("recount")}
        assert ours <= set(before), name
        before.append(dotted(name))


def test_none_takes_what_another_keeps_to_itself() -> None:
    taken = [name for text in TEXTS.values() for _, names in imported(text) for name in names]
    assert [name for name in taken if name.startswith("_")] == []


def test_bare_python_writes_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", shipping.__file__],
        cwd=tmp_path, env={}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == TEXT
