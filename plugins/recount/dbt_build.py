"""One dbt build in this process, over the database that lies in the folder it is started in."""

import contextlib
import logging
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from recount.collecting import imported, without_collecting
from recount.errors import ReconcileError
from recount.exhausted import exhausted, exhausted_by
from recount.project import DBT_PROJECT

_LOG = logging.getLogger(__name__)
_PARSED_PROJECT = "partial_parse.msgpack"
# A build of a month needs no unit tests, and dbt parses anew when its variables change: what it
# parsed without them has a name of its own, beside that of somebody who works on the models.
_PARSED_FOR_A_MONTH = DBT_PROJECT / "target" / "month.msgpack"


def build(folder: Path, unused: Collection[str] = ()) -> list[Any]:
    """Build the models and run their tests; return the results that failed, as dbt gives them.

    The staging of `unused` systems is left out, as it would build what is empty. The working folder
    must be `folder`. Raises ReconcileError if dbt itself gives up.
    """
    target = folder / "target"
    target.mkdir()
    if _PARSED_FOR_A_MONTH.exists():
        shutil.copyfile(_PARSED_FOR_A_MONTH, target / _PARSED_PROJECT)
    outcome = _run_dbt([
        "--quiet", "--log-path", str(folder), "--log-level", "none",
        "--no-write-json", "--no-populate-cache",
        "build", "--vars", "{unit_tests: none}", *_without(unused),
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
        "--target-path", str(target),
    ])  # fmt: skip
    if outcome.exception:
        said = f"dbt could not build the statement: {outcome.exception}"
        raise exhausted(outcome.exception) or exhausted_by(said, "dbt") or ReconcileError(said)
    _keep_parsed(target / _PARSED_PROJECT)
    return [each for each in outcome.result.results if _has_failed(each)]


def _without(systems: Collection[str]) -> list[str]:
    tags = [f"tag:{system}" for system in sorted(systems)]
    return ["--exclude", *tags] if tags else []


def _run_dbt(arguments: list[str]) -> Any:
    dbt = imported("dbt.cli.main")
    connections = imported("dbt.adapters.duckdb.connections").DuckDBConnectionManager
    try:
        with without_collecting():
            return dbt.dbtRunner().invoke(arguments)
    finally:
        connections.close_all_connections()


def _has_failed(result: Any) -> bool:
    _LOG.info("%s %s in %.2f s", result.node.name, result.status, result.execution_time)
    return result.status in ("error", "fail", "runtime error")


def _keep_parsed(parsed: Path) -> None:
    # Parsing costs as much as building; a folder that cannot be written only costs the time again.
    if parsed.exists() and _is_stale(_PARSED_FOR_A_MONTH):
        with contextlib.suppress(OSError):
            _PARSED_FOR_A_MONTH.parent.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=_PARSED_FOR_A_MONTH.parent, delete=False) as copy:
                copy.write(parsed.read_bytes())
            Path(copy.name).replace(_PARSED_FOR_A_MONTH)


def _is_stale(kept: Path) -> bool:
    if not kept.exists():
        return True
    kept_at = kept.stat().st_mtime
    files = (path for path in DBT_PROJECT.rglob("*") if kept.parent not in path.parents)
    return any(path.is_file() and path.stat().st_mtime > kept_at for path in files)


def document(folder: Path) -> bytes:
    """Return the documentation of every model, with its lineage, as one page; it takes a while.

    `folder` is an empty one to work in.
    """
    target = folder / "target"
    with contextlib.chdir(folder):
        outcome = _run_dbt([
            "--quiet", "--log-path", str(folder), "--log-level", "none",
            "docs", "generate", "--static", "--empty-catalog",
            "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
            "--target-path", str(target),
        ])  # fmt: skip
    if outcome.exception or not outcome.success:
        raise ReconcileError(f"dbt could not document its models: {outcome.exception}")
    return (target / "static_index.html").read_bytes()
