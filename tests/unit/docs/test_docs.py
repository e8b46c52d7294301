"""What the documentation names is there, and what is there is documented."""

import csv
import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from recount.contract import lint, lint_definitions, lint_terms
from recount.contract.reading import read
from recount.project import EVENT_TYPES, EXPECTATIONS, ROOT
from recount.sources.event_log import COLUMNS
from recount.sources.invoices.recount_csv import LINE_COLUMNS
from recount.sources.servicenow_export import columns
from tests.unit.docs.reading import PAGES, anchors, blocks, commands, links, refused, text_of

ALL = {page: page.read_text("utf-8") for page in PAGES}
CODE = "\n".join(
    path.read_text("utf-8")
    for where in ("plugins", "dags", ".ci", "Makefile", "Dockerfile", "docker-compose.yml")
    for path in [ROOT / where, *sorted((ROOT / where).rglob("*"))]
    if path.is_file() and path.suffix != ".pyc"
)
CONTRACTS = [
    body
    for text in ALL.values()
    for body in blocks(text, "yaml")
    if body.startswith("contract:")
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_to_a_file_and_to_a_heading_in_it(page: Path) -> None:
    for path, anchor in links(page):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def test_a_command_that_is_named_exists_with_its_options() -> None:
    named = [words for text in ALL.values() for words in commands(text)]
    assert len(named) > 15
    assert [problem for words in named if (problem := refused(words))] == []


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    assert refused(["run", "--wrong"])
    assert refused(["conclude"])
    assert not refused(["contract", "check", "--on", "2027-04-01", "contracts"])


@pytest.mark.parametrize("text", CONTRACTS)
def test_a_whole_contract_can_be_read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.yml"
    path.write_text(text, "utf-8")
    assert read(path).outcomes


def test_there_is_a_whole_contract_to_copy() -> None:
    assert CONTRACTS


def test_a_variable_that_is_named_is_read_somewhere() -> None:
    named = {
        name
        for text in ALL.values()
        for name in re.findall(r"\b(?:RECOUNT|AIRFLOW|AWS)_[A-Z_]+\b", text)
    }
    assert "RECOUNT_LAKE" in named
    # the connection of a source has the name that its contract gives it
    connections = {name for name in named if name.startswith("AIRFLOW_CONN_")}
    assert {"recount_lake", "recount_smtp"} <= set(re.findall(r'"(recount_\w+)"', CODE))
    assert [name for name in sorted(named - connections) if name not in CODE] == []


def test_a_target_of_make_that_is_named_exists() -> None:
    named = {name for text in ALL.values() for name in re.findall(r"(?:`|^)make (\w+)", text, re.M)}
    targets = re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE)
    assert {"demo", "install", "test"} <= named <= set(targets)


def test_every_key_of_a_contract_is_explained() -> None:
    schema = json.loads(text_of("contracts/schema.json"))
    parts = [schema, *schema["$defs"].values()]
    keys = {key for part in parts for key in part.get("properties", {})}
    said = text_of("docs/contracts.md")
    assert len(keys) > 50
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", said)] == []


def test_every_lint_is_explained() -> None:
    modules = (lint, lint_definitions, lint_terms)
    sources = "".join(Path(str(module.__file__)).read_text("utf-8") for module in modules)
    ids = set(re.findall(r'Spotted\(\s*"(\w+)"', sources))
    said = set(re.findall(r"^\| `(\w+)` \|", text_of("docs/contracts.md"), re.MULTILINE))
    assert len(ids) > 10
    assert ids <= said


def test_every_event_type_and_column_is_explained() -> None:
    said = text_of("docs/event-log.md")
    with EVENT_TYPES.open(encoding="utf-8") as seed:
        types = {row["event_type"]: row["meaning"] for row in csv.DictReader(seed)}
    assert [name for name, means in types.items() if f"| `{name}` | {means} |" not in said] == []
    made = {"requester_key"}  # of ServiceNow's caller_id
    tables = (*COLUMNS.values(), LINE_COLUMNS, columns("UTC"))
    names = {column.name for table in tables for column in table} - made
    assert [name for name in sorted(names) if f"`{name}`" not in said] == []


def test_every_finding_of_the_guard_is_explained() -> None:
    said = text_of("docs/auditor.md")
    entries = [
        entry
        for path in sorted(EXPECTATIONS.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text("utf-8"))
    ]
    rows = [
        f"| `{entry['rule']}` | {entry['severity']} | {' '.join(entry['because'].split())} |"
        for entry in entries
    ]
    assert rows
    assert [row for row in rows if row not in said] == []


def test_every_dependency_is_justified() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    names = {re.split(r"[<>=\[]", each)[0] for each in [*project["dependencies"], *extras]}
    table = text_of("docs/DECISIONS.md").partition("## Dependencies")[2]
    said = [name for row in re.findall(r"^\| ([^|]+) \|", table, re.M) for name in row.split(", ")]
    assert sorted(names) == sorted(set(said) - {"dependency", "---"})
