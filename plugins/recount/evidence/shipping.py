"""The specification as one file, for whoever has no copy of Recount: a pack's `evaluator.py`.

Bare Python writes it too: `python3 plugins/recount/evidence/shipping.py > evaluator.py`.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

_RECOUNT = Path(__file__).resolve().parent.parent
# in the order of reading: each builds on those before it
MODULES = (
    "evaluator.py", "recomputing/prices.py", "recomputing/invoices.py", "recomputing/months.py",
    "recomputing/totals.py", "recomputing/statements.py", "recomputing/packs.py",
    "recomputing/contents.py", "recomputing/proof.py",
)  # fmt: skip
_LISTED = "\n".join(f"    {name}" for name in MODULES)
_DOCSTRING = f'''"""What a contract's words mean, and all that follows, in one file of plain Python.

It recomputes an evidence pack of Recount, and says what differs. It needs Python 3.11 and nothing
else, and nothing in a pack is run by it:

    python3 -I evaluator.py PACK [EARLIER_PACK ...]      0 proven, 1 differs, 2 unreadable

It is made of these modules of Recount, as they stand there and in the order in which they build on
each other; only their imports are gathered here:

{_LISTED}
"""'''
_COMMAND = 'if __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))\n'


def as_one_file() -> str:
    """Join all modules; the same modules give the same text."""
    texts = [(_RECOUNT / name).read_text("utf-8") for name in MODULES]
    imports = _gathered(node for text in texts for node in _imports(text))
    sections = [_section(name, text) for name, text in zip(MODULES, texts, strict=True)]
    return "\n\n\n".join([f"{_DOCSTRING}\n\n{imports}", *sections, _COMMAND])


def _imports(text: str) -> list[ast.Import | ast.ImportFrom]:
    return [n for n in ast.parse(text).body if isinstance(n, ast.Import | ast.ImportFrom)]


def _gathered(nodes: Iterable[ast.Import | ast.ImportFrom]) -> str:
    """Import once what any module imports of Python itself; what it imports of others is here."""
    whole, parts = set[str](), defaultdict[str, set[str]](set)
    for node in nodes:
        names = {each.name for each in node.names}
        if isinstance(node, ast.Import):
            whole |= names
        elif node.module and not node.module.startswith("recount."):
            parts[node.module] |= names
    lines = [f"import {name}" for name in sorted(whole)]
    lines += [f"from {name} import {', '.join(sorted(parts[name]))}" for name in sorted(parts)]
    return "\n".join(lines)


def _section(name: str, text: str) -> str:
    """A module's docstring and code, without its imports and the command at its end."""
    body, lines = ast.parse(text).body, text.splitlines()
    ends_at = body[-1].lineno - 1 if isinstance(body[-1], ast.If) else len(lines)
    docstring = "\n".join(lines[: body[0].end_lineno])
    code = "\n".join(lines[_imports(text)[-1].end_lineno : ends_at]).strip()
    return f"{f'# === {name} ':=<100}\n\n{docstring}\n\n{code}"


if __name__ == "__main__":
    sys.stdout.write(as_one_file())
