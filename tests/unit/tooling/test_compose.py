"""docker-compose.yml and the Dockerfile fit each other and the tree; no engine is needed here."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from recount.project import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def test_all_parts_of_airflow_are_there_with_database_store_and_mail() -> None:
    parts = "api-server dag-processor init mail postgres scheduler storage triggerer"
    assert sorted(SERVICES) == parts.split()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_only_for_services_that_exist_and_can_tell(name: str) -> None:
    for awaited, how in SERVICES[name].get("depends_on", {}).items():
        assert awaited in SERVICES
        if how["condition"] == "service_healthy":
            assert "test" in SERVICES[awaited]["healthcheck"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_runs_on_says_whether_it_is_healthy(name: str) -> None:
    ends_by_itself = SERVICES[name]["restart"] == "no"
    assert ends_by_itself or "healthcheck" in SERVICES[name]


@pytest.mark.parametrize("name", SERVICES)
def test_a_mounted_path_is_in_the_tree_or_a_declared_volume(name: str) -> None:
    for mount in SERVICES[name].get("volumes", []):
        source = mount.split(":")[0]
        assert source in COMPOSE["volumes"] or (ROOT / source).exists()


@pytest.mark.parametrize("name", SERVICES)
def test_a_page_is_published_on_this_machine_alone(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned_to_a_version(name: str) -> None:
    assert re.search(r":v?\d+\.\d+", SERVICES[name]["image"])


def test_what_the_image_copies_is_in_the_tree() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = [source for sources in copied for source in sources.split()]
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert len(sources) > 5
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["recount"]


def test_the_image_installs_extras_that_the_project_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = set(re.findall(r"--extra (\S+)", DOCKERFILE))
    assert extras
    assert extras <= set(project.get("optional-dependencies", {}))


def test_make_and_the_image_install_with_the_same_uv() -> None:
    in_make = re.findall(r"^UV_VERSION := (\S+)$", MAKEFILE, re.MULTILINE)
    assert in_make == re.findall(r"^ARG UV_VERSION=(\S+)$", DOCKERFILE, re.MULTILINE)
