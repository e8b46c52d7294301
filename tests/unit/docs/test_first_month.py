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
from tests.unit.docs.reading import blocks, commands, text_of

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
    (path,) = (folder / "lake" / "statements").rglob("*.json")
    published = json.loads(path.read_bytes())
    assert published.pop("seal").startswith("sha256:")
    assert _differences(json.loads(text), published) == ["notice", "evidence"]


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


def written(page: str, *begins: str) -> list[str]:
    """The words of the one command of a page that begins so, with the whole of a cut hash."""
    (words,) = [words for words in commands(text_of(page)) if words[: len(begins)] == [*begins]]
    cut = next((word for word in words if word.endswith("...")), "")
    shown = json.loads(recount("disputes", "show", "a0f435", "--json").stdout)
    assert shown["content"].startswith(cut.removesuffix("..."))
    return [shown["content"] if word == cut else word for word in words]


def test_a_person_approves_a_notice_and_follows_it_to_the_end(ran: Result) -> None:
    (shown,) = blocks(text_of("docs/disputes.md"), "console")
    assert recount("disputes").stdout == shown.partition("\n")[2]
    page = "docs/disputes.md"
    recount(*written(page, "disputes", "approve", "a0f435"))
    (notice,) = {key.split("/")[1] for key in open_lake("lake").keys("notices")}
    register = Register(open_lake("lake"), f"notices/{notice}")
    steps = register.steps()
    assert state(steps) == "approved"
    at = parse_instant(steps[0].at)
    register.append(steps, "sending", at=at, attempt="of a worker that died", recipients={})
    assert state(register.steps()) == "send_unknown"
    recount(*written("docs/production.md", "disputes", "record", "a0f435", "sent"))
    for answer in ("acknowledged", "part_credited", "rejected", "credited", "closed"):
        recount(*written(page, "disputes", "record", "a0f435", answer))
        assert state(register.steps()) == answer
