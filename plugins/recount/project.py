"""Where the parts of the product lie that are not Python."""

import functools
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(os.environ.get("RECOUNT_HOME") or Path(__file__).resolve().parents[2])
DBT_PROJECT = ROOT / "dbt_project"
EXPECTATIONS = ROOT / "expectations"
EVENT_TYPES = DBT_PROJECT / "seeds" / "event_types.csv"

_OF_MODELS = (".sql", ".yml", ".csv", ".md")
_MADE_BY_DBT = ("target", "logs")


@functools.cache
def made_by() -> dict[str, str]:
    """Say what makes statements here: release, commit, and the hash of models and of the program.

    The commit is that of the checkout, or what RECOUNT_COMMIT says where an image has none.
    """
    from importlib import metadata  # takes a while, and few commands say who made something

    code = sorted((ROOT / "plugins" / "recount").rglob("*.py"))
    rules = sorted(EXPECTATIONS.rglob("*.yml"))
    return {
        "version": metadata.version("recount"),
        "commit": os.environ.get("RECOUNT_COMMIT") or _commit(ROOT / ".git") or "unknown",
        "models": _digest(_model_files()),
        "program": _digest([*code, *rules, *_model_files()]),
    }


def _model_files() -> list[Path]:
    found = (path for path in DBT_PROJECT.rglob("*") if path.suffix in _OF_MODELS)
    return sorted(
        path for path in found if path.relative_to(DBT_PROJECT).parts[0] not in _MADE_BY_DBT
    )


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{content}  {file.relative_to(ROOT)}\n".encode())
    return digest.hexdigest()


def _commit(git: Path) -> str | None:
    """Read the commit that is checked out; None where there is no checkout."""
    head = git / "HEAD"
    if not head.is_file():
        return None
    said = head.read_text("utf-8").strip()
    if not said.startswith("ref: "):
        return said
    name = said.removeprefix("ref: ")
    if (git / name).is_file():
        return (git / name).read_text("utf-8").strip()
    packed = git / "packed-refs"
    lines = packed.read_text("utf-8").splitlines() if packed.is_file() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {name}")), None)
