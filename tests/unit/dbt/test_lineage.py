"""Every verdict rests on the buyer's own systems, and none on what the vendor says (D8, D9)."""

import json
from pathlib import Path

import pytest

from tests.unit.dbt.conftest import run_dbt

VERDICTS = ("candidates", "clause_verdicts", "determinations")


@pytest.fixture(scope="module")
def parents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("lineage")
    run_dbt(folder, "parse")
    manifest = json.loads(Path(folder, "target", "manifest.json").read_text("utf-8"))
    found: dict[str, list[str]] = manifest["parent_map"]
    return found


def ancestors(parents: dict[str, list[str]], model: str) -> set[str]:
    found, left = set[str](), [f"model.recount.{model}"]
    while left:
        for parent in parents.get(left.pop(), []):
            if parent not in found:
                found.add(parent)
                left.append(parent)
    return found


@pytest.mark.parametrize("model", VERDICTS)
def test_a_verdict_reaches_the_landed_records_of_every_system(
    parents: dict[str, list[str]], model: str
) -> None:
    landed = {
        name for name in ancestors(parents, model) if name.startswith("source.recount.landed")
    }
    systems = {name.split(".")[-1].split("__")[0] for name in landed}
    assert {"event_log", "intercom", "jira", "salesforce", "servicenow", "stripe", "zendesk"} <= (
        systems
    )


@pytest.mark.parametrize("model", VERDICTS)
def test_no_verdict_rests_on_what_the_vendor_claims(
    parents: dict[str, list[str]], model: str
) -> None:
    assert {name for name in ancestors(parents, model) if "claim" in name} == set()


def test_what_the_vendor_claims_reaches_nothing_but_what_shows_it(
    parents: dict[str, list[str]],
) -> None:
    models = [name.removeprefix("model.recount.") for name in parents if name.startswith("model.")]
    reached = {
        model for model in models
        if "model.recount.int_vendor_claims" in ancestors(parents, model)
    }  # fmt: skip
    assert reached == {"claims", "claim_totals", "int_control_claims", "control_totals"}
