"""The month that README and docs show is run, and gives what they say."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from recount.evidence.register import Register, state
from recount.lake import open_lake
from recount.periods import parse_instant
from recount.project import ROOT
from tests.unit.docs.reading import blocks, text_of

CONTRACT = "docs/first-month/contract.yml"
MONTH = ["--contract", CONTRACT, "--period", "2026-03", "--as-of", "2026-05-01T00:00:00Z"]


def recount(*words: str) -> Result:
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that looks like the repository, and nothing of this machine's settings."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "docs").symlink_to(ROOT / "docs")
    with pytest.MonkeyPatch.context() as patch, chdir(folder):
        for name in os.environ:
            if name.startswith(("RECOUNT_", "AIRFLOW_CONN_")):
                patch.delenv(name)
        yield folder


@pytest.fixture(scope="module")
def ran(folder: Path) -> Result:
    return recount("run", *MONTH)


def test_its_contract_is_clean(folder: Path) -> None:
    assert recount("contract", "check", CONTRACT).stdout == f"{CONTRACT}: clean\n"


def test_the_readme_shows_what_a_run_prints(ran: Result) -> None:
    (shown,) = [text for text in blocks(text_of("README.md"), "text") if "first-month" in text]
    assert ran.stdout.startswith(shown)


def test_the_readme_shows_what_status_prints(ran: Result) -> None:
    (shown,) = [text for text in blocks(text_of("README.md"), "console") if "status" in text]
    command, _, expected = shown.partition("\n")
    assert recount(*command.split()[2:]).stdout == expected


def test_the_page_on_statements_shows_this_one(ran: Result, folder: Path) -> None:
    (text,) = blocks(text_of("docs/statement.md"), "json")
    (published,) = (folder / "lake" / "statements").rglob("*.json")
    assert _differences(json.loads(text), json.loads(published.read_bytes())) == [
        "notice", "evidence",
    ]  # fmt: skip


def _differences(shown: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Name the fields that differ; three dots stand for what is left out."""
    assert shown.keys() == found.keys()
    return [name for name in shown if not _is_shown(shown[name], found[name])]


def _is_shown(shown: Any, found: Any) -> bool:
    if isinstance(shown, dict) and isinstance(found, dict):
        return not _differences(shown, found)
    if isinstance(shown, list) and isinstance(found, list):
        return len(shown) == len(found) and all(map(_is_shown, shown, found))
    if isinstance(shown, str) and shown.endswith("..."):
        return isinstance(found, str) and found.startswith(shown[:-3])
    return bool(shown == found)


def test_an_auditor_recomputes_every_line(ran: Result, capsys: pytest.CaptureFixture[str]) -> None:
    code = "\n".join(blocks(text_of("docs/auditor.md"), "python"))
    exec(compile(code, "auditor.md", "exec"), {})
    said = capsys.readouterr().out
    recomputed = re.findall(r"^\d+ T-.*$", said, re.MULTILINE)
    assert len(recomputed) == 11
    assert all(line.endswith(" as stated") for line in recomputed)
    assert "not invoiced: ['T-111']" in said


def test_a_person_approves_a_notice_and_settles_an_ambiguous_one(ran: Result) -> None:
    approving, settling = blocks(text_of("docs/production.md"), "python")
    lake = open_lake("lake")
    (notice,) = {key.split("/")[1] for key in lake.keys("notices")}
    register = Register(lake, f"notices/{notice}")
    exec(compile(approving, "production.md", "exec"), {})
    steps = register.steps()
    assert state(steps) == "approved"
    at = parse_instant(steps[0].at)
    register.append(steps, "sending", at=at, attempt="of a worker that died", recipients={})
    assert state(register.steps()) == "send_unknown"
    exec(compile(settling, "production.md", "exec"), {})
    assert state(register.steps()) == "sent"
