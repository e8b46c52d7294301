"""Secrets are drawn on the machine that needs them, and never stand in the repository."""

import re
import stat
import subprocess
import sys
from pathlib import Path

import yaml

from recount.project import ROOT

COMPOSE = (ROOT / "docker-compose.yml").read_text("utf-8")


def write_env(path: Path) -> subprocess.CompletedProcess[str]:
    """Run what `make env` runs."""
    command = [sys.executable, str(ROOT / ".ci" / "write_env.py"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_secret_of_the_services_is_drawn_and_no_other(tmp_path: Path) -> None:
    assert write_env(tmp_path / ".env").returncode == 0
    drawn = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    assert set(drawn) == set(re.findall(r"\$\{(\w+):\?", COMPOSE))
    assert len(set(drawn.values())) == len(drawn)
    assert min(len(secret) for secret in drawn.values()) >= 20


def test_a_secret_has_no_default() -> None:
    assert re.findall(r"\$\{\w+(?!\w|:\?)", COMPOSE) == []
    services = yaml.safe_load(COMPOSE)["services"].values()
    settings = [each for service in services for each in service.get("environment", {}).items()]
    secret = [
        value for name, value in settings if re.search(r"(PASSWORD|SECRET|KEY|KEY_ID)$", name)
    ]
    assert len(secret) >= 8
    assert all(value.startswith("${") for value in secret)


def test_the_file_is_for_its_owner_alone_and_differs_each_time(tmp_path: Path) -> None:
    for name in ("first", "second"):
        assert write_env(tmp_path / name).returncode == 0
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert (tmp_path / "first").read_text() != (tmp_path / "second").read_text()


def test_secrets_that_are_in_use_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=in use\n")
    refused = write_env(tmp_path / ".env")
    assert refused.returncode == 1
    assert "remove it to draw new secrets" in refused.stderr
    assert (tmp_path / ".env").read_text() == "POSTGRES_PASSWORD=in use\n"


def test_git_and_docker_leave_the_secrets_alone() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert (ROOT / ".dockerignore").read_text("utf-8").splitlines()[0] == "*"
