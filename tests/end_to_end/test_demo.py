"""The demo's servers, at a fiftieth of its size: what goes over HTTP comes out as it went in."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from recount.demo.facts import Facts
from recount.demo.generate import generate
from recount.demo.servers import servers
from recount.periods import format_instant
from tests.emulators.play import RESOLVER
from tests.end_to_end.buyer import Buyer

NUMBERS = (0, 1, 2)


@dataclass(frozen=True)
class Quarter:
    facts: Facts
    folder: Path

    def buyer(self, number: int) -> Buyer:
        period = self.facts.months[number].period
        return Buyer(self.facts.contract, self.folder / "lake", period)


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    folder = tmp_path_factory.mktemp("demo")
    facts = generate(folder, scale=0.02)
    with pytest.MonkeyPatch.context() as patch, servers(folder) as world:
        for name, connection in world.connections.items():
            patch.setitem(os.environ, name, connection)
        world.live_until(facts.months[-1].provisional_as_of)
        month = facts.months[-1]
        provisional = Quarter(facts, folder).buyer(-1).statement(
            as_of=format_instant(month.provisional_as_of)
        )  # fmt: skip
        assert (provisional["kind"], provisional["decision"]) == ("provisional", "hold")
        world.live_until(facts.months[-1].final_as_of)
        yield Quarter(facts, folder)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_month_says_what_the_catalogue_of_its_stories_says(
    quarter: Quarter, number: int
) -> None:
    month = quarter.facts.months[number]
    matched = quarter.buyer(number).matched(as_of=format_instant(month.final_as_of))
    assert matched.lines == month.lines
    assert matched.reasons == month.reasons


def test_the_first_month_is_final_and_disputed(quarter: Quarter) -> None:
    month = quarter.facts.months[0]
    statement = quarter.buyer(0).statement(as_of=format_instant(month.final_as_of))
    assert (statement["kind"], statement["decision"]) == ("final", "dispute")


def test_the_contract_names_the_user_that_the_agent_works_as(quarter: Quarter) -> None:
    contract = yaml.safe_load(quarter.facts.contract.read_text("utf-8"))
    assert contract["actors"]["ai_agent"] == [{"id": str(RESOLVER)}]
