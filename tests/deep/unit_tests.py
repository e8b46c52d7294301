"""Run the unit tests of one model; its folder is kept, so that dbt parses only what changed."""

import contextlib
import sys
from typing import Any

from recount.project import DBT_PROJECT, ROOT
from tests.support.scratch import make_empty


def main(model: str) -> int:
    """Return 0 if all of a model's unit tests pass, and it has one."""
    from dbt.cli.main import dbtRunner

    folder = ROOT / "build" / "unit_tests"
    where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
             "--target-path", str(folder / "target")]  # fmt: skip
    quiet = ["--quiet", "--log-path", str(folder), "--log-level", "none"]
    if not (folder / "scratch.duckdb").exists():
        folder.mkdir(parents=True, exist_ok=True)
        make_empty(folder)
        with contextlib.chdir(folder):
            kinds = ["--resource-type", "model", "--resource-type", "seed"]
            built = dbtRunner().invoke([*quiet, "build", *kinds, *where])
        if not built.success:
            return 2
    with contextlib.chdir(folder):
        done: Any = dbtRunner().invoke(
            [*quiet, "test", "--select", f"{model},test_type:unit", *where]
        )
    return 0 if done.success and done.result.results else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
