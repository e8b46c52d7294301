"""What the command line cannot read is refused as everything else is: one sentence, exit code 2."""

import pytest
from click.testing import CliRunner

from recount.cli import main

RUN = ["run", "--contract", "c.yml", "--period", "2026-03"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            [*RUN, "--as-of", "yesterday"],
            "'yesterday' is not an instant; write an instant with its offset, for example "
            "2016-03-01T09:00:00Z; see `main run --help`",
        ),
        (RUN, "Missing option '--as-of'; see `main run --help`"),
        (["runn"], "No such command 'runn'. Did you mean 'run'?; see `main --help`"),
        (["status", "--bogus"], "No such option '--bogus'; see `main status --help`"),
        (["contract", "check"], "Missing argument 'PATHS...'; see `main contract check --help`"),
    ],
)
def test_a_word_that_cannot_be_read_is_refused_in_one_sentence(words: list[str], said: str) -> None:
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("recount: ")
    assert done.stderr.endswith(f"{said}\n")
    assert done.stderr.count("\n") == 1


def test_without_a_word_it_teaches() -> None:
    done = CliRunner().invoke(main, [])
    assert done.exit_code == 2
    assert "Begin with `recount demo`" in done.stderr
