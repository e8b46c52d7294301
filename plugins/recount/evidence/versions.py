"""Which program made a pack: its commit, its own source, and what it runs on."""

import hashlib
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from recount.project import DBT_PROJECT, EXPECTATIONS, ROOT

_PACKAGE = Path(__file__).resolve().parents[1]
_SOURCES = {".py", ".sql", ".yml", ".csv", ".j2", ".md"}
_MADE = {"target", "logs", "__pycache__"}
_RUNS_ON = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "pyarrow", "tzdata")


def versions(contract_sha256: str) -> dict[str, Any]:
    """Return what a pack says of the program; null where an installation does not know."""
    return {
        "recount": version("recount"),
        "commit": _commit(ROOT / ".git"),
        "source_sha256": _source(),
        "contract_sha256": contract_sha256,
        "uv_lock_sha256": _hash(ROOT / "uv.lock"),
        "python": platform.python_version(),
        **{name: version(name) for name in _RUNS_ON},
    }


def _source() -> str:
    """Hash the names and contents of the program's own files: package, models, expectations."""
    folders = {"recount": _PACKAGE, "dbt_project": DBT_PROJECT, "expectations": EXPECTATIONS}
    hashed = hashlib.sha256()
    for name, folder in folders.items():
        for file in sorted(_files(folder)):
            line = f"{name}/{file.relative_to(folder).as_posix()} {_hash(file)}\n"
            hashed.update(line.encode())
    return "sha256:" + hashed.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        if file.suffix in _SOURCES and not _MADE & {*file.relative_to(folder).parts}:
            yield file


def _hash(path: Path) -> str | None:
    if not path.exists():
        return None
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def _commit(git: Path) -> str | None:
    """Return the commit that is checked out, as the files of its repository say."""
    head = git / "HEAD"
    if not head.exists():
        return None
    said = head.read_text("utf-8").strip()
    if not said.startswith("ref: "):
        return said
    name = said.removeprefix("ref: ")
    if (git / name).exists():
        return (git / name).read_text("utf-8").strip()
    packed = git / "packed-refs"
    lines = packed.read_text("utf-8").splitlines() if packed.exists() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {name}")), None)
