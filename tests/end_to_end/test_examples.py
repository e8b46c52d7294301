"""Each example contract about an API runs to a statement, on that system's story of five subjects.

What one account alone has is taken out: ids of people and of fields, and the scope that needs such
a field. What the contract defines, prices and tolerates stays as it stands.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from recount.project import ROOT
from tests.end_to_end.buyer import Buyer
from tests.faults.rig import PATIENCE, Rig
from tests.faults.rigs import RIGS

AS_OF = "2026-05-09T00:00:00Z"
BY_SYSTEM = {rig.system: rig for rig in RIGS}
OF_ONE_ACCOUNT = frozenset(
    ("fields", "custom_fields", "custom_attributes", "properties", "follow_up_field",
     "rating_question", "rating_questions", "claim", "surveys", "stages", "statuses")
)  # fmt: skip


def _terms(path: Path) -> dict[str, Any]:
    terms: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return terms


def _evidence(terms: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    [named] = [(name, said) for name, said in terms["sources"].items() if name != "invoice"]
    return named


def _is_of_a_story(path: Path) -> bool:
    sources = [said for name, said in _terms(path)["sources"].items() if name != "invoice"]
    # the stories are of tickets and of payments
    return sources[0]["system"] in BY_SYSTEM and "subject_types" not in sources[0]


EXAMPLES = [path for path in sorted((ROOT / "contracts/examples").glob("*.yml"))
            if _is_of_a_story(path)]  # fmt: skip


def _fitted(path: Path, rig: Rig, emulator: Any) -> dict[str, Any]:
    """The example, about the emulator's account and the month of its story."""
    terms = _terms(path)
    name, said = _evidence(terms)
    kept = {key: value for key, value in said.items() if key not in OF_ONE_ACCOUNT}
    terms["sources"] = {name: {**kept, **rig.settings}}
    terms["effective"] = {"from": "2026-03-01", "until": "2026-06-01"}
    terms["actors"] = {"ai_agent": [{"id": rig.agent_id(emulator)}]}
    for outcome in terms["outcomes"].values():
        outcome.pop("scope", None)
    return terms


@contextmanager
def about_its_story(path: Path, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Buyer]:
    """A buyer who runs the example, while its system tells the story."""
    rig = BY_SYSTEM[_evidence(_terms(path))[1]["system"]]
    with rig.start() as emulator:
        terms = _fitted(path, rig, emulator)
        connection = dict(rig.connection(emulator))
        connection["extra"] = {**PATIENCE, **connection.get("extra", {})}
        known_as = _evidence(terms)[1]["connection"].upper()
        patch.setenv(f"AIRFLOW_CONN_{known_as}", json.dumps({"conn_type": "http", **connection}))
        contract = folder / path.name
        contract.write_text(yaml.safe_dump(terms, sort_keys=False), "utf-8")
        yield Buyer(contract, folder / "lake")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_counted_and_priced(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with about_its_story(path, tmp_path, monkeypatch) as buyer:
        counted = buyer.counted(as_of=AS_OF)
    (outcome,) = counted["outcomes"].values()
    assert sum(outcome["determinations"].values()) == 5
    assert set(counted["outcomes"]) == set(_terms(path)["outcomes"])


@pytest.mark.parametrize(
    "path",
    [EXAMPLES[0], *(pytest.param(path, marks=pytest.mark.deep) for path in EXAMPLES[1:])],
    ids=lambda path: path.stem,
)
def test_an_example_runs_to_a_statement(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with about_its_story(path, tmp_path, monkeypatch) as buyer:
        statement = buyer.statement(as_of=AS_OF)
    assert set(statement["outcomes"]) == set(_terms(path)["outcomes"])
    assert "invoice_not_configured" in {each["rule"] for each in statement["findings"]}


def test_every_system_with_a_story_has_an_example() -> None:
    assert {_evidence(_terms(path))[1]["system"] for path in EXAMPLES} == set(BY_SYSTEM)
