"""Each clause as people read it."""

from datetime import timedelta
from pathlib import Path

import pytest

from recount.contract.sentences import clause_sentence, conclusion_sentence
from recount.contract.times import format_duration
from tests.unit.contract.acme import acme_with, contract_of

STAYED = "{forbids: {event: [reopened, followed_up], within: 14 days}}"
SENTENCES = [
    (STAYED, "No reopened or followed_up event within 14 days after the conclusion."),
    ("{forbids: {event: [replied, assigned, handed_off], by: human_agent, until: concluded}}",
     "No replied, assigned or handed_off event by a human agent before the conclusion."),
    ("{requires: {event: rated, at_least: 4, unit: score_of_5, within: 14 days, pick: last}, "
     "if_missing: not_met}",
     "The last rated event within 14 days after the conclusion has at least 4 of 5; without such "
     "an event the clause is not met."),
    ("{requires: {event: accepted, by: [ai_agent, human_agent], within: 24 hours}, "
     "if_missing: unverifiable}",
     "An accepted event by an AI agent or human agent within 24 hours after the conclusion; "
     "without such an event the clause is unverifiable."),
    ("{requires: {event: solved, at_least: 15, at_most: 60.5, unit: minutes}}",
     "The concluding event is a solved event with at least 15 minutes and at most 60.5 minutes."),
    ("{forbids: {event: solved, by: human_agent}}",
     "The concluding event is not a solved event by a human agent."),
    ("{forbids: {event: contacted, link: requester, within: 2 weeks}}",
     "No contacted event on any subject of the same requester within 14 days after the "
     "conclusion."),
    ("{forbids: {event: replied, session: 30 minutes}}",
     "No replied event in the session of the conclusion (gaps of at most 30 minutes)."),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "sentence"), SENTENCES)
def test_a_clause_is_one_english_sentence(tmp_path: Path, clause: str, sentence: str) -> None:
    contract = contract_of(tmp_path, acme_with(STAYED, clause))

    assert clause_sentence(contract.outcomes["resolution"].clauses["stayed_solved"]) == sentence


def test_the_conclusion_is_a_sentence_too(tmp_path: Path) -> None:
    concluded_by = contract_of(tmp_path).outcomes["resolution"].concluded_by

    assert conclusion_sentence(concluded_by) == "Concluded by a solved event by an AI agent."


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=1), "24 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(weeks=2), "14 days"),
    ],
)
def test_a_duration_is_written_as_a_contract_writes_it(duration: timedelta, text: str) -> None:
    assert format_duration(duration) == text
