"""OpenLineage connects what was landed with the notice, where somebody listens."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from recount import lineage
from tests.end_to_end.buyer import LATER, Buyer
from tests.support.small import write_month

STAGES = ("land", "land", "recount", "judge", "conclude", "tell")


@pytest.fixture(autouse=True)
def _a_client_of_its_own() -> Iterator[None]:
    lineage._client.cache_clear()
    yield
    lineage._client.cache_clear()


@dataclass(frozen=True)
class Told:
    """A month that somebody was told of: what its run said, and every event."""

    buyer: Buyer
    statement: dict[str, Any]
    events: list[dict[str, Any]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("told")
    buyer = Buyer(write_month(folder), folder / "lake")
    with pytest.MonkeyPatch.context() as patch:
        path = listening(folder, patch)
        lineage._client.cache_clear()
        statement = buyer.statement()
    return Told(buyer, statement, read(path))


def listening(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Write every event to a file, and return its path."""
    path = folder / "events.jsonl"
    patch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    patch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(path))
    patch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def names(event: dict[str, Any], side: str) -> set[str]:
    return {each["name"] for each in event[side]}


def test_every_stage_begins_and_ends_and_is_joined_to_the_next(told: Told) -> None:
    found = told.events
    ended = [each for each in found if each["eventType"] == "COMPLETE"]
    assert [each["job"]["name"] for each in ended] == [f"acme.{stage}" for stage in STAGES]
    begun = {each["run"]["runId"] for each in found if each["eventType"] == "START"}
    assert begun == {each["run"]["runId"] for each in ended}
    landed = names(ended[0], "outputs") | names(ended[1], "outputs")
    recounted, judged, concluded, mailed = ended[2:]
    assert landed == names(recounted, "inputs")
    assert names(judged, "inputs") < names(recounted, "outputs")
    assert names(judged, "outputs") < names(concluded, "inputs")
    assert names(concluded, "outputs") < names(mailed, "inputs")
    assert any("notice" in name for name in names(mailed, "outputs"))


def test_each_dataset_is_an_object_of_the_lake(told: Told) -> None:
    buyer, there = told.buyer, told.buyer.objects()
    datasets = [each for event in told.events for each in (*event["inputs"], *event["outputs"])]
    assert len(datasets) > 20
    assert {each["namespace"] for each in datasets} == {buyer.lake.resolve().as_uri()}
    assert {each["name"] for each in datasets} <= there.keys()


def test_a_stage_that_fails_is_told_as_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = listening(tmp_path, monkeypatch)
    buyer = Buyer(write_month(tmp_path), tmp_path / "lake")
    (tmp_path / "events.csv").write_text("no,header\n1,2\n", "utf-8")
    assert buyer.run().exit_code == 2
    last = read(events)[-1]
    assert (last["eventType"], last["job"]["name"]) == ("FAIL", "acme.land")


def test_where_nobody_listens_nothing_is_told_and_the_statement_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    monkeypatch.setattr(lineage, "_client", lambda: pytest.fail("an event was made"))
    assert not lineage.is_wanted()
    untold = Buyer(told.buyer.contract, tmp_path / "lake").statement()
    assert untold | LATER == told.statement | LATER


def test_a_listener_that_cannot_be_reached_fails_no_month_and_is_no_secret_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in (
        ("TYPE", "http"), ("URL", "http://127.0.0.1:9"), ("RETRY", '{"total": 0}'),
        ("AUTH", '{"type": "api_key", "apiKey": "top-secret"}'),
    ):  # fmt: skip
        monkeypatch.setenv(f"OPENLINEAGE__TRANSPORT__{name}", value)
    with caplog.at_level(logging.WARNING, "recount.lineage"):
        done = Buyer(write_month(tmp_path), tmp_path / "lake").run()
    assert done.exit_code == 0
    said = [each.getMessage() for each in caplog.records if each.name == "recount.lineage"]
    assert any("was not told START of acme.recount" in each for each in said)
    assert "top-secret" not in "".join(said) + done.output
