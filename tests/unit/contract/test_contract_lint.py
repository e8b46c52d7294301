"""What the lint finds in a valid contract, and what it leaves alone."""

from pathlib import Path

import pytest

from recount.contract.lint import lint, report_text
from tests.unit.contract.acme import ACME, acme_with, contract_of, found_in, line_of, shows_of

STAYED = "      stayed_solved: {forbids: {event: [reopened, followed_up], within: 14 days}}\n"


def test_the_contract_of_the_design_page_has_notes_and_no_finding(tmp_path: Path) -> None:
    contract = contract_of(tmp_path)
    found = lint(contract, shows_of(contract))

    assert [(each.severity, each.lint, each.path) for each in found] == [
        ("note", "not_written_down", "method"),
        ("note", "not_written_down", "verification"),
        ("note", "not_signed", "signatories"),
        ("note", "missing_data_right", "data_rights.fine_tuning_data"),
    ]
    assert not any(each.counts for each in found)


FOUND = [
    # evidence
    ("vendor_only_evidence", "event_log,", "event_log, party: vendor,",
     "outcomes.resolution.concluded_by"),
    ("no_evidence", "rated]}\n  invoice", "closed]}\n  invoice",
     "outcomes.resolution.clauses.satisfied"),
    ("no_evidence", "handed_off, solved,", "handed_off,", "outcomes.resolution.concluded_by"),
    # definitions
    ("definition_is_url", "A ticket the AI agent solved alone, that stayed solved for 14 days and "
     "was rated 4 or 5.", "See https://vendor.example/docs#what.", "outcomes.resolution.says"),
    ("no_reopen_window", STAYED, "", "outcomes.resolution.clauses"),
    ("no_reopen_window", "followed_up], within: 14 days", "followed_up], until: concluded",
     "outcomes.resolution.clauses"),
    ("no_reopen_window", "[reopened, followed_up]", "followed_up", "outcomes.resolution.clauses"),
    ("clause_never_applies", "followed_up], within: 14 days", "followed_up]",
     "outcomes.resolution.clauses.stayed_solved"),
    ("clause_never_applies", "event: [reopened, followed_up], within: 14 days",
     "event: solved, by: human_agent", "outcomes.resolution.clauses.stayed_solved"),
    # terms
    ("missing_right", "reclassify: true, ", "", "rights.reclassify"),
    ("missing_right", "raw_event_export: true", "raw_event_export: false",
     "rights.raw_event_export"),
    ("missing_right", "counterfactual_replay: true, ", "", "rights.counterfactual_replay"),
    ("missing_data_right", "[workflow_logs, transcripts]", "[transcripts, fine_tuning_data]",
     "data_rights.workflow_logs"),
    ("missing_data_right", "[workflow_logs, transcripts]", "[workflow_logs, fine_tuning_data]",
     "data_rights.transcripts"),
    ("dispute_window_too_short", "dispute_within: 30 days", "dispute_within: 719 hours",
     "settlement.dispute_within"),
    # 22 business days take 30 days at least, and 21 only 29
    ("dispute_window_too_short", "dispute_within: 30 days",
     "dispute_within: 21 business days, business_days: {holidays: []}",
     "settlement.dispute_within"),
    ("dispute_window_too_short", "within: 14 days}}\n      satis", "within: 31 days}}\n      satis",
     "settlement.dispute_within"),
    ("long_commitment", "notice: 30 days", "notice: 721 hours", "exit"),
    ("long_commitment", "exit: {notice: 30 days}\n", "", "effective"),
    # texts that are compared
    ("confusable_text", '"fin-bot"', '"fin\\u200b-bot"', "actors.ai_agent[0].id"),
    ("confusable_text", '"fin-bot"', '"fin-\\u202ebot"', "actors.ai_agent[0].id"),
    ("confusable_text", '"fin-bot"', '"fin-b\\u043et"', "actors.ai_agent[0].id"),
    ("confusable_text", "[billing, orders]", '["Bu\\u0308ro"]', "outcomes.resolution.scope.queue"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "path"), FOUND)
def test_what_is_wrong_is_found_once_at_its_place(
    tmp_path: Path, name: str, old: str, new: str, path: str
) -> None:
    found = [each for each in found_in(contract_of(tmp_path, acme_with(old, new)), name)
             if each.severity == "finding"]  # fmt: skip

    assert found[0].path == path
    assert found[0].counts
    assert len(found) == (4 if name == "vendor_only_evidence" else 1)


CLEAN = [
    ("no_evidence", "[opened, contacted,", "[opened,"),  # only the vendor's definition needs it
    ("definition_is_url", "A ticket", "As https://vendor.example/docs puts it, a ticket"),
    ("no_reopen_window", "event: solved, by: ai_agent", "event: handed_off, by: ai_agent"),
    ("clause_never_applies", "event: [reopened, followed_up], within: 14 days", "event: solved"),
    ("missing_data_right", "transcripts]", "transcripts, fine_tuning_data]"),
    ("dispute_window_too_short", "dispute_within: 30 days", "dispute_within: 720 hours"),
    ("dispute_window_too_short", ", dispute_within: 30 days", ""),
    (
        "dispute_window_too_short",
        "dispute_within: 30 days",
        "dispute_within: 22 business days, business_days: {holidays: []}",
    ),
    ("long_commitment", "exit: {notice: 30 days}\n", "exit: {notice: 30 days}\n"),
    ("long_commitment", "until: 2027-07-01", "until: 2099-07-01"),
    ("confusable_text", '"fin-bot"', '"Büro-Bot, Αθήνα, Москва"'),
]


@pytest.mark.parametrize(("name", "old", "new"), CLEAN)
def test_what_is_right_on_the_boundary_is_left_alone(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    found = found_in(contract_of(tmp_path, acme_with(old, new)), name)

    assert [each for each in found if each.counts] == []


def test_a_term_of_thirty_days_needs_no_exit_and_one_of_thirty_one_does(tmp_path: Path) -> None:
    for until, count in (("2026-07-31", 0), ("2026-08-01", 1)):
        text = acme_with("until: 2027-07-01", f"until: {until}", ("exit: {notice: 30 days}\n", ""))
        assert len(found_in(contract_of(tmp_path, text), "long_commitment")) == count


def test_an_open_end_without_an_exit_binds_longest(tmp_path: Path) -> None:
    text = acme_with(", until: 2027-07-01", "", ("exit: {notice: 30 days}\n", ""))

    (found,) = found_in(contract_of(tmp_path, text), "long_commitment")

    assert found.because.startswith("the buyer is bound without an end; agree on an exit")


@pytest.mark.parametrize(
    ("name", "is_found"),
    [
        ("interaction", True),
        ("Interactions", True),
        ("ai_engagement", True),
        ("chat-session", True),
        ("touches", True),
        ("conversation_resolved", False),
        ("touchdown", False),
    ],
)
def test_an_activity_is_no_unit_of_an_outcome(tmp_path: Path, name: str, is_found: bool) -> None:
    text = acme_with("  resolution:\n", f"  {name}:\n", ("  resolution: {", f"  {name}: {{"))

    assert bool(found_in(contract_of(tmp_path, text), "activity_unit")) is is_found


def test_one_clause_is_found_and_two_are_enough(tmp_path: Path) -> None:
    handoff = ACME.splitlines(keepends=True)[line_of("no_handoff") - 1]
    two = acme_with(handoff, "")
    one = acme_with(handoff, "", (STAYED, ""))

    assert found_in(contract_of(tmp_path, two), "single_clause") == []
    (found,) = found_in(contract_of(tmp_path, one), "single_clause")
    assert found.because == "resolution has 1 clause; add a second, independent one"


def test_the_vendor_may_help_where_the_buyer_shows_the_event_too(tmp_path: Path) -> None:
    vendors = "  log: {system: event_log, party: vendor, shows: [solved, rated]}\n  invoice:"
    contract = contract_of(tmp_path, acme_with("  invoice:", vendors))

    assert found_in(contract, "vendor_only_evidence") == []


def test_a_clause_that_only_the_vendor_can_show_is_named(tmp_path: Path) -> None:
    vendors = "  survey: {system: event_log, party: vendor, shows: [rated]}\n  invoice:"
    text = acme_with("  invoice:", vendors, ("followed_up, rated]}", "followed_up]}"))

    (found,) = found_in(contract_of(tmp_path, text), "vendor_only_evidence")

    assert found.path == "outcomes.resolution.clauses.satisfied"
    assert found.because.startswith("only the vendor's survey can show rated; add a source")


def test_the_report_has_a_line_per_finding_that_editors_can_jump_to(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, acme_with("reclassify: true", "reclassify: false"))
    found = found_in(contract, "missing_right")

    assert report_text(found) == (
        f"{tmp_path}/acme.yml:{line_of('reclassify')}: finding: missing_right at rights.reclassify:"
        " the right reclassify is missing: without it the buyer can only ask, and not correct the "
        "invoice; agree on it\n"
    )
