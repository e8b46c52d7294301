"""The Makefile, the checks before a commit and continuous integration name what exists."""

import os
import re
import subprocess

import pytest
import yaml

from recount.project import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = re.findall(r"^([a-z]+):(?! export).*?## ", MAKEFILE, re.MULTILINE)


def make(*arguments: str) -> str:
    """Run make in the repository and return what it prints."""
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_help_lists_every_target() -> None:
    listed = re.findall(r"^ +make (\w+) +\S", make("help"), re.MULTILINE)
    assert listed == TARGETS
    assert {"demo", "test", "up", "lint", "docs", "bench", "help"} <= set(listed)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_can_be_planned(target: str) -> None:
    assert make("--dry-run", target)


def test_integration_runs_the_checks_of_the_makefile() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    steps = workflow["jobs"]["checks"]["steps"]
    assert steps[-1]["run"] == ".ci/run"
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert "make lint test" in (ROOT / ".ci/run").read_text("utf-8")


def test_a_commit_is_checked_with_what_is_installed_here() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    checks = {hook["id"] for hook in hooks}
    assert checks == {"ruff", "ruff-format", "mypy", "sqlfluff", "schema"}
    assert all(hook["language"] == "system" for hook in hooks)
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks)
