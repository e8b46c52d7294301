"""Killed at one object after another, a month ends as if nothing had been."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from recount.lake import Lake
from recount.month import Month
from recount.sweeping import unreferenced
from recount.unfinished import unfinished
from tests.deep.months import Objects, Outcome, Runs, objects
from tests.deep.months import on_s3 as storage
from tests.support.s3 import BUCKET
from tests.support.small import FINAL, write_month
from tests.unit.lake.faulty import Killing

PAGE, LANDED = "landed/acme.helpdesk/.*zst", "landed/acme.helpdesk/.*/manifests/.*"
SLOT = f"contract=acme/period=2026-03/as_of={FINAL}"
STEP, DRAFT = "notices/.*/00000001.json", "notices/.*eml"
# What is killed of each task, one after the other; then it runs to its end. Each object in each way
# takes half an hour: that is `make test-deep`.
KILLED: Mapping[str, Sequence[tuple[str, str]]] = {
    "land": [("before", PAGE), ("during", PAGE), ("after", PAGE), ("during", LANDED),
             ("after", LANDED), ("during", "pins/.*/helpdesk/.*"), ("after", "pins/.*/invoice/.*")],
    "recount": [("before", "marts/manifest/.*")],
    "guard": [("after", "guard/.*html")],
    "decide": [("before", "statements/.*"), ("during", "statements/.*"),
               ("after", "statements/.*")],
    "evidence": [("during", "evidence/.*"), ("after", "evidence/.*")],
    "notify": [("during", DRAFT), ("after", DRAFT), ("during", STEP), ("after", STEP),
               ("before", "outbox/.*notice.*"), ("during", "outbox/.*notice.*"),
               ("before", "mails/.*/00000002.json"), ("after", "outbox/.*finance.*")],
}  # fmt: skip
KILLED_ON_S3: Mapping[str, Sequence[tuple[str, str]]] = {
    "land": [("during", PAGE), ("after", PAGE), ("during", LANDED)],
    "decide": [("before", "statements/.*"), ("during", "statements/.*")],
    "evidence": [("during", "evidence/.*")],
    "notify": [("during", DRAFT), ("after", STEP), ("during", "outbox/.*notice.*")],
}


@dataclass
class Life:
    """What a lake held in the end, and what was seen of it whenever somebody was killed."""

    lake: Lake
    ended: Objects = field(default_factory=dict)
    killed: list[Outcome] = field(default_factory=list)
    left: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    keys: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def see(self, place: tuple[str, str], outcome: Outcome) -> None:
        """Note what lies there after a death."""
        self.killed.append(outcome)
        self.left[place] = [each.key for each in unreferenced(self.lake)]
        self.keys[place] = self.lake.keys()


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with Runs() as runs:
        yield runs


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    folder = tmp_path_factory.mktemp("month")
    return Month(str(write_month(folder)), "acme", "2026-03", FINAL, str(folder / "lake"))


@pytest.fixture(scope="module")
def undisturbed(runs: Runs, month: Month) -> Objects:
    assert runs.do("run", month).returned["decision"] == "dispute"
    found = objects(month.lake)
    # mails say where the evidence lies, so the other one has to lie in the same place
    shutil.rmtree(month.lake_uri)
    return found


@pytest.fixture(scope="module")
def life(runs: Runs, month: Month, undisturbed: Objects) -> Life:
    life = Life(month.lake)
    given: Sequence[Any] = []
    for task, places in KILLED.items():
        for when, at in places:
            life.see((when, at), runs.do(task, month, given, when=when, at=at))
        given = runs.do(task, month, given).returned
    life.ended = objects(month.lake)
    return life


def test_wherever_it_is_killed_a_month_ends_in_the_same_bytes(
    life: Life, undisturbed: Objects
) -> None:
    assert all(outcome.killed for outcome in life.killed)
    assert life.ended.keys() == undisturbed.keys()
    assert [key for key, data in undisturbed.items() if life.ended[key] != data] == []


def test_nothing_is_left_but_files_that_were_being_written(life: Life) -> None:
    during = [place for place in life.keys if place[0] == "during"]
    assert unreferenced(life.lake) == []
    assert len(unfinished(life.lake)) == len(during) > 5


def test_marts_that_no_manifest_lists_are_swept_and_counted_by_nobody(
    life: Life, undisturbed: Objects
) -> None:
    left = life.left["before", "marts/manifest/.*"]
    assert left == sorted(key for key in undisturbed if key.endswith(".parquet"))
    assert len(left) > 20


@pytest.mark.parametrize(
    ("place", "folder"),
    [(("during", "statements/.*"), "statements"), (("during", "evidence/.*"), "evidence"),
     (("during", PAGE), "landed"), (("during", STEP), "outbox"),
     (("during", "outbox/.*notice.*"), "outbox")],
)  # fmt: skip
def test_what_was_half_written_is_not_there(
    life: Life, place: tuple[str, str], folder: str
) -> None:
    assert [key for key in life.keys[place] if key.startswith(f"{folder}/")] == []


def test_a_page_and_a_draft_without_what_names_them_are_swept(life: Life) -> None:
    (page,) = life.left["during", LANDED]
    (draft,) = life.left["during", STEP]
    assert (page.endswith(".zst"), draft.endswith(".eml")) == (True, True)
    assert {page, draft} <= life.ended.keys()


def notices_in(found: Objects) -> list[str]:
    return [key for key in found if key.startswith("outbox/") and "-notice-" in key]


def test_there_is_one_notice_in_the_outbox(life: Life) -> None:
    assert len(notices_in(life.ended)) == 1


# --- on S3


@pytest.fixture(scope="module")
def on_s3(
    runs: Runs, month: Month, undisturbed: Objects, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Life]:
    with storage(runs, tmp_path_factory.mktemp("s3")) as server:
        there = replace(month, lake_uri=f"s3://{BUCKET}/lake")
        life = Life(there.lake)
        given: Sequence[Any] = []
        for task, places in KILLED_ON_S3.items():
            for when, at in places:
                server.killing = Killing(when, at, runs.kill)
                life.see((when, at), runs.do(task, there, given))
            given = runs.do(task, there, given).returned
            given = given or counted_elsewhere(there.lake, undisturbed)
        life.ended = objects(there.lake)
        yield life


def counted_elsewhere(lake: Lake, undisturbed: Objects) -> list[str]:
    """Put what was counted and found on plain files into a lake: a build takes long."""
    for key, data in undisturbed.items():
        if key.startswith(("contracts/", "marts/", "guard/")):
            lake.put_once(key, data)
    return [f"{folder}/{SLOT}/00000001.json" for folder in ("marts/manifest", "guard")]


MAILS = ("notices/", "mails/", "outbox/")


def test_killed_while_it_sends_to_s3_a_month_ends_in_the_same_bytes(
    on_s3: Life, undisturbed: Objects
) -> None:
    assert {outcome.killed for outcome in on_s3.killed} == {9}
    ended = {key: data for key, data in on_s3.ended.items() if not key.startswith(MAILS)}
    assert ended == {key: data for key, data in undisturbed.items() if not key.startswith(MAILS)}
    assert len(ended) > 30


def test_there_is_one_notice_on_s3(on_s3: Life, undisturbed: Objects) -> None:
    assert len(notices_in(on_s3.ended)) == 1
    assert len(on_s3.ended) == len(undisturbed)


def test_half_of_a_request_makes_no_object_and_leaves_nothing(on_s3: Life) -> None:
    statements = on_s3.keys["during", "statements/.*"]
    assert [key for key in statements if key.startswith("statements/")] == []
    assert unfinished(on_s3.lake) == []
    assert unreferenced(on_s3.lake) == []
