"""Time and memory of one month, four ways, side by side in one run: `make bench`.

Each way is a process of its own, run in turn; figures are medians. `python -m
tests.benchmarks.compare 41000 1000000` names other sizes (tickets; about 12 events each).
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recount.project import DBT_PROJECT, ROOT

RUNS = 3
AS_OF = "2026-12-01T00:00:00Z"
WAYS = ("by_duckdb", "by_polars", "by_pandas", "by_dbt")


@dataclass(frozen=True)
class Figures:
    """What one process took, and what it printed."""

    cpu_seconds: float
    wall_seconds: float
    peak_megabytes: float
    printed: str


def measured(command: Sequence[str | Path], cwd: Path = ROOT) -> Figures:
    """Run a command and ask the operating system what it took."""
    with tempfile.TemporaryFile() as output:
        began = os.times().elapsed
        process = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = os.times().elapsed - began
        if status:
            raise SystemExit(f"{' '.join(map(str, command))} failed")
        output.seek(0)
        printed = output.read().decode().strip()
    return Figures(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, printed)


def of_one_month(tickets: int, folder: Path) -> dict[str, Figures]:
    """Run every way over the same files, in turn; refuse ways that disagree."""
    pristine = folder / "scratch"
    pristine.mkdir()
    # Processes of their own: the peak of a child is never below that of who starts it.
    _in_a_process("data", folder / "data", str(tickets))
    _in_a_process("by_dbt", "prepare", folder / "data", pristine, AS_OF)
    found: dict[str, list[Figures]] = {way: [] for way in WAYS}
    for _ in range(RUNS):
        for way in WAYS:
            found[way].append(_one(way, folder, pristine))
    answers = {way: json.loads(figures[0].printed) for way, figures in found.items()}
    if len({json.dumps(answer) for answer in answers.values()}) != 1:
        raise SystemExit(f"the ways disagree: {answers}")
    print(f"{tickets:,} tickets, determinations of the month: {answers['by_dbt']}")
    return {way: _median(figures) for way, figures in found.items()}


def _in_a_process(module: str, *arguments: str | Path) -> None:
    subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments],
        check=True,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )


def _one(way: str, folder: Path, pristine: Path) -> Figures:
    module = [sys.executable, "-m", f"tests.benchmarks.{way}"]
    if way != "by_dbt":
        return measured([*module, folder / "data"])
    scratch = folder / "run"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(pristine, scratch)
    return measured([*module, scratch])


def _median(figures: Sequence[Figures]) -> Figures:
    middle = statistics.median
    return Figures(
        middle(each.cpu_seconds for each in figures),
        middle(each.wall_seconds for each in figures),
        middle(each.peak_megabytes for each in figures),
        figures[0].printed,
    )


def _print(table: dict[str, Figures], of: str) -> None:
    print(f"{'':<24}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'CPU ratio':>11}")
    for way, each in table.items():
        ratio = each.cpu_seconds / table[of].cpu_seconds
        figures = f"{each.cpu_seconds:>8.2f}{each.wall_seconds:>8.2f}{each.peak_megabytes:>9.0f}"
        print(f"{way:<24}{figures}{ratio:>11.2f}")
    print()


def whole_run(tickets: int, folder: Path) -> dict[str, Figures]:
    """`recount run` from files to mails, beside what dbt needs to read its project."""
    _in_a_process("data", folder / "data", str(tickets))
    programs = Path(sys.executable).parent
    run: list[str | Path] = [
        programs / "recount", "run", "--contract", folder / "data" / "contract.yml",
        "--period", "2026-08", "--as-of", AS_OF, "--lake",
    ]  # fmt: skip
    parse: list[str | Path] = [
        programs / "dbt", "parse", "--no-partial-parse", "--project-dir", DBT_PROJECT,
        "--profiles-dir", DBT_PROJECT, "--target-path", folder / "target",
    ]  # fmt: skip
    found: dict[str, list[Figures]] = {"dbt parse": [], "recount run": []}
    for number in range(RUNS):
        found["dbt parse"].append(measured(parse, folder))
        found["recount run"].append(measured([*run, folder / f"lake-{number}"]))
    return {name: _median(figures) for name, figures in found.items()}


def main() -> None:
    """Print a table for each size, and one for a whole run of the smallest."""
    sizes = [int(word) for word in sys.argv[1:]] or [41_000, 1_000_000]
    for tickets in sizes:
        with tempfile.TemporaryDirectory() as folder:
            _print(of_one_month(tickets, Path(folder)), of="by_duckdb")
    with tempfile.TemporaryDirectory() as folder:
        print(f"a whole run, {min(sizes):,} tickets")
        _print(whole_run(min(sizes), Path(folder)), of="dbt parse")


if __name__ == "__main__":
    main()
