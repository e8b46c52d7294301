"""Does a test see it when code that decides is changed? `python -m tests.deep.mutants [NAME ...]`.

Each mutant of a file of `targets.yml` is put into a copy of the project, and the tests that should
see it are run there. One that no test sees survives: it is printed, and the exit code is 1. A
survivor that changes nothing stands in `equivalents.yml`, with the reason.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import yaml

from recount.project import ROOT
from tests.deep.mutating import Mutant, of_python, of_sql

FOLDER = Path(__file__).parent
_LONGEST = 900  # seconds; a mutant may run for ever


@dataclass(frozen=True)
class Target:
    """A file, its tests, and for a model its name."""

    file: Path
    tests: Sequence[str]
    model: str | None

    @property
    def text(self) -> str:
        """The file as it is."""
        return (ROOT / self.file).read_text("utf-8")

    def mutants(self) -> list[Mutant]:
        """Every change of the file that is tried."""
        return list(of_sql(self.text) if self.model else of_python(self.text))


@dataclass(frozen=True)
class Copy:
    """A copy of the project in which one mutant after the other lives."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> "Copy":
        """Copy what is under version control or would be."""
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        files = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
        for name in files.decode().split("\0"):
            if name and (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        return cls(folder)

    def survives(self, target: Target, mutant: Mutant) -> bool:
        """Say whether no test sees a mutant."""
        path, text = self.folder / target.file, target.text
        path.write_text(mutant.of(text), "utf-8")
        try:
            return all(self._passes(command) for command in self._commands(target))
        finally:
            path.write_text(text, "utf-8")

    def _commands(self, target: Target) -> Iterator[list[str]]:
        pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        if target.model:
            yield [sys.executable, "-m", "tests.deep.unit_tests", target.model]
        for test in target.tests:
            yield [*pytest, test]

    def _passes(self, command: list[str]) -> bool:
        paths = os.pathsep.join([str(self.folder / "plugins"), str(self.folder)])
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=environment, capture_output=True, timeout=_LONGEST,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def targets(names: Sequence[str]) -> list[Target]:
    """The targets whose file is named so, or all."""
    models = {path.stem: path for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}
    found = []
    for entry in yaml.safe_load((FOLDER / "targets.yml").read_text("utf-8")):
        model = entry.get("sql")
        file = models[model].relative_to(ROOT) if model else Path(entry["python"])
        if not names or file.stem in names:
            found.append(Target(file, entry["tests"], model))
    return found


def equivalents() -> dict[tuple[str, str, str], str]:
    """Mutants that change nothing: file, line as it stands, what it becomes; and why."""
    listed = yaml.safe_load((FOLDER / "equivalents.yml").read_text("utf-8")) or []
    return {(each["file"], each["line"], each["becomes"]): each["because"] for each in listed}


def line_of(target: Target, mutant: Mutant) -> tuple[str, str]:
    """The line of a mutant as it stands, and as it becomes."""
    number = mutant.line(target.text) - 1
    return (
        target.text.splitlines()[number].strip(),
        mutant.of(target.text).splitlines()[number].strip(),
    )


def main() -> int:
    """Try the mutants of the named files, or of all, in as many copies as there are processors."""
    known, wanted = equivalents(), targets(sys.argv[1:])
    tried = [(target, mutant) for target in wanted for mutant in target.mutants()]
    survivors: list[tuple[Target, Mutant]] = []
    free: Queue[Copy] = Queue()

    def attempt(pair: tuple[Target, Mutant]) -> None:
        copy = free.get()
        try:
            if copy.survives(*pair):
                survivors.append(pair)
                _say(*pair)
        finally:
            free.put(copy)

    with tempfile.TemporaryDirectory() as folder:
        workers = os.cpu_count() or 1
        for number in range(workers):
            free.put(Copy.made(Path(folder) / str(number)))
        untouched = free.get()
        for target in wanted:
            if not all(map(untouched._passes, untouched._commands(target))):
                sys.exit(f"{target.file}: its tests fail without any change; see to them first")
        free.put(untouched)
        new = [pair for pair in tried if (str(pair[0].file), *line_of(*pair)) not in known]
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(attempt, new))
    print(
        f"{len(new)} mutants tried, {len(survivors)} survived, {len(tried) - len(new)} equivalent"
    )
    return 1 if survivors else 0


def _say(target: Target, mutant: Mutant) -> None:
    was, becomes = line_of(target, mutant)
    print(f"survived: {target.file}:{mutant.line(target.text)}: {was}  ->  {becomes}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
