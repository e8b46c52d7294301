"""When a clause needs a verdict for what is missing, and which window it has."""

from datetime import timedelta
from pathlib import Path

import pytest

from recount.contract.definitions import Window
from tests.unit.contract.acme import ACME, acme_with, contract_of, refusal_of

STAYED = "{forbids: {event: [reopened, followed_up], within: 14 days}}"


def test_a_requirement_that_the_concluding_event_always_fits_needs_no_if_missing(
    tmp_path: Path,
) -> None:
    clause = "{requires: {event: solved, at_least: 15, unit: minutes}}"
    contract = contract_of(tmp_path, acme_with(STAYED, clause))

    assert contract.outcomes["resolution"].clauses["stayed_solved"].if_missing is None


@pytest.mark.parametrize(
    "pattern",
    [
        "{event: closed}",  # another event
        "{event: solved, by: human_agent}",  # another actor
        "{event: solved, within: 1 day}",  # later than the conclusion
        "{event: solved, link: requester}",  # of whom nobody may know
    ],
)
def test_a_requirement_that_can_miss_its_event_needs_if_missing(
    tmp_path: Path, pattern: str
) -> None:
    refusal = refusal_of(tmp_path, acme_with(STAYED, f"{{requires: {pattern}}}"))

    assert "clauses.stayed_solved: if_missing is missing; say whether" in refusal


def test_a_narrower_actor_than_the_conclusion_has_can_be_missing(tmp_path: Path) -> None:
    text = acme_with(
        "concluded_by: {event: solved, by: ai_agent}",
        "concluded_by: {event: solved}",
        (STAYED, "{requires: {event: solved, by: ai_agent}}"),
    )

    assert "if_missing is missing" in refusal_of(tmp_path, text)


def test_the_vendors_definition_follows_the_same_grammar(tmp_path: Path) -> None:
    old = "{forbids: {event: contacted, by: requester, within: 24 hours}}"
    refusal = refusal_of(tmp_path, acme_with(old, "{requires: {event: rated, within: 1 day}}"))

    assert "outcomes.resolution.vendor_says.clauses.quiet: if_missing is missing" in refusal


@pytest.mark.parametrize(
    ("written", "window"),
    [
        (", within: 2 weeks", Window("within", timedelta(days=14))),
        (", within: 24 hours", Window("within", timedelta(days=1))),
        (", session: 30 minutes", Window("session", timedelta(minutes=30))),
        (", until: concluded", Window("until_concluded")),
        ("", Window("concluding_event")),
    ],
)
def test_a_pattern_has_the_window_that_it_names(
    tmp_path: Path, written: str, window: Window
) -> None:
    contract = contract_of(
        tmp_path, acme_with("followed_up], within: 14 days", f"solved]{written}")
    )

    assert contract.outcomes["resolution"].clauses["stayed_solved"].pattern.window == window


@pytest.mark.parametrize(
    "old",
    [
        "{event: solved, by: ai_agent}",
        STAYED,
        "{forbids: {event: contacted, by: requester, within: 24 hours}}",
        "{event: [reopened, followed_up], within: 14 days}",
    ],
)
def test_a_link_is_no_definition(tmp_path: Path, old: str) -> None:
    refusal = refusal_of(tmp_path, acme_with(old, "https://vendor.example/what-counts"))

    assert ": outcomes.resolution." in refusal
    assert "'https://vendor.example/what-counts' is a link; write the definition itself" in refusal


def test_a_contract_without_a_source_of_events_is_refused(tmp_path: Path) -> None:
    start, end = ACME.index("  helpdesk:"), ACME.index("  invoice:")
    refusal = refusal_of(tmp_path, ACME[:start] + ACME[end:])

    assert refusal == "acme.yml:8: sources: no source shows events; add one beside invoice"


@pytest.mark.parametrize(
    ("first_until", "second_from", "is_read"),
    [("2026-03-01", "2026-03-01", True), ("2026-03-02", "2026-03-01", False)],
)
def test_an_id_may_change_its_type_from_one_day_to_the_next(
    tmp_path: Path, first_until: str, second_from: str, is_read: bool
) -> None:
    text = acme_with(
        '[{id: "fin-bot"}]',
        f'[{{id: "908", until: {first_until}}}]',
        ("from: 2026-01-01", f"from: {second_from}"),
    )

    if is_read:
        assert contract_of(tmp_path, text).actors["automation"][0].id == "908"
    else:
        assert "'908' is ai_agent on the same days" in refusal_of(tmp_path, text)
