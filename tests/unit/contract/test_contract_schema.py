"""The JSON Schema that is checked in says what the reader reads."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from recount.contract.schema import SCHEMA, rewrite, schema_text
from recount.project import ROOT
from tests.unit.contract.acme import ACME, acme_with

EXAMPLES = sorted((ROOT / "contracts" / "examples").glob("*.yml"))


class DatesAsText(yaml.SafeLoader):
    """PyYAML's own reading (YAML 1.1), but for dates, which JSON does not have."""


DatesAsText.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class AsEditorsRead(DatesAsText):
    """YAML 1.2, where `on` is a word."""


AsEditorsRead.yaml_implicit_resolvers = {
    first: resolvers
    for first, resolvers in DatesAsText.yaml_implicit_resolvers.items()
    if first not in "yYnNoO"
}


def problems_of(text: str, loader: type[yaml.SafeLoader] = AsEditorsRead) -> list[str]:
    """Return what the schema finds wrong in a contract."""
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    document: Any = yaml.load(text, Loader=loader)
    return [problem.message for problem in validator.iter_errors(document)]


def test_the_schema_that_is_checked_in_is_current(tmp_path: Path) -> None:
    rewrite(tmp_path / "schema.json")

    assert SCHEMA.read_bytes() == (tmp_path / "schema.json").read_bytes(), (
        "run python -m recount.contract.schema"
    )


def test_the_schema_is_a_schema_of_its_dialect() -> None:
    schema = json.loads(schema_text())

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_each_example_fits_the_schema_for_old_and_new_tools(example: Path) -> None:
    text = example.read_text(encoding="utf-8")

    assert problems_of(text, DatesAsText) == []
    assert problems_of(text, AsEditorsRead) == []


def test_the_contract_of_the_design_page_fits_the_schema() -> None:
    assert problems_of(ACME) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{per_outcome: "0.99"}', '{per_outcome: "0.99", percent_of_value: "2"}'),
        ('{per_outcome: "0.99"}', "{}"),
        ('"0.99"', "0.99"),
        ("version: 3", 'version: "3"'),
        ("reclassify:", "reclasify:"),
        ("event: rated", "event: ratd"),
        ("within: 14 days", "within: soon"),
        ("within: 14 days", "within: 14 days, until: concluded"),
        ("pick: last}", "pick: last}, forbids: {event: reopened}"),
        ("counting_party: buyer\n", ""),
        (", unverifiable: query", ""),
        ("stayed_solved:", "stayed.solved:"),
        ("  ai_agent: [", "  bot: ["),
    ],
)
def test_an_editor_sees_what_the_reader_would_refuse(old: str, new: str) -> None:
    assert len(problems_of(acme_with(old, new))) > 0


def test_every_key_is_explained() -> None:
    schema = json.loads(schema_text())
    parts = [schema, *schema["$defs"].values()]
    unexplained = [
        f"{part['title']}.{key}"
        for part in parts
        for key, described in part["properties"].items()
        if "description" not in described and "$ref" not in described
    ]

    assert len(parts) > 15
    assert unexplained == []
