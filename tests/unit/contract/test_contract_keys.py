"""Keys and words that are unknown, missing or do not fit together."""

from pathlib import Path

import pytest

from tests.unit.contract.acme import ACME, acme_with, contract_of, line_of, refusal_of

UNKNOWN = [
    ("exit:", "exits:", "exits: 'exits' is no key here; did you mean exit?"),
    ("per_outcome:", "per_outcom:", "pricing.resolution.per_outcom: 'per_outcom' is no key here; "
     "did you mean per_outcome?"),
    ("reclassify:", "reclasify:", "rights.reclasify: 'reclasify' is no key here; did you mean"),
    ("pick: last", "picks: last", "requires.picks: 'picks' is no key here; did you mean pick?"),
    ("{queue:", "{queues:", "scope.queues: 'queues' is no key here; did you mean queue?"),
    ("count_once_per: subject", "sql: drop", "sql: 'sql' is no key here; known are clauses, "),
    ("{from: 2026-07-01", "{since: 2026-07-01", "effective.since: 'since' is no key here; known "),
    ("event: rated", "event: ratd", "event: 'ratd' is no event type; did you mean rated?"),
    ("event: solved", "event: https://x.example/d", "'https://x.example/d' is a link; write the"),
    ("by: ai_agent", "by: ai_agnt", "outcomes.resolution.concluded_by.by: 'ai_agnt' is no "
     "word for by; did you mean ai_agent?"),
    ("ai_agent: [{id", "bot: [{id", "actors.bot: 'bot' is no word for actors; known are "),
    ("subject: ticket", "subject: tickets", "'tickets' is no word for subject; did you mean"),
    ("counting_party: buyer", "counting_party: us", "counting_party: 'us' is no word for "),
    ("of: invoiced", "of: invoice", "tolerance.of: 'invoice' is no word for of; did you mean"),
    ("counts_in: concluded", "merged: move", "'move' is not supported for merged; write stay"),
    ("platform_fee:", "platform_fees:", "pricing.platform_fees: 'platform_fees' is no outcome "
     "or supported price; did you mean platform_fee?"),
    ("monthly:", "yearly:", "pricing.yearly: 'yearly' is no outcome or supported price"),
    ("per_outcome:", "percent_of_valu:", "is no key here; did you mean percent_of_value?"),
    ("[workflow_logs,", "[workflow_log,", "data_rights[0]: 'workflow_log' is no word for"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), UNKNOWN)
def test_an_unknown_word_is_refused_with_the_nearest_known_one(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    refusal = refusal_of(tmp_path, acme_with(old, new))

    assert refusal.startswith(f"acme.yml:{line_of(old)}: ")
    assert sentence in refusal


@pytest.mark.parametrize(
    "key",
    [
        "contract",
        "version",
        "effective",
        "parties",
        "time_zone",
        "currency",
        "counting_party",
        "sources",
        "outcomes",
        "pricing",
        "tolerance",
        "rights",
        "settlement",
        "notify",
    ],
)
def test_each_required_key_is_missed_by_its_name(tmp_path: Path, key: str) -> None:
    without = ACME.replace(f"\n{key}:", "\nx-removed:").replace("contract: acme-fin", "x: y")
    text = without if key == "contract" else without.replace("x: y", "contract: acme-fin")

    assert f"acme.yml:1: {key} is missing; add {key}: " in refusal_of(tmp_path, text)


@pytest.mark.parametrize("key", ["actors", "exit", "signatories", "data_rights", "waivers"])
def test_each_other_key_may_be_left_out(tmp_path: Path, key: str) -> None:
    lines = ACME.splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = next(n for n in range(start + 1, len(lines)) if lines[n][0] not in " #")

    contract_of(tmp_path, "".join(lines[:start] + lines[end:]))


DECISIONS = [
    (", unverifiable: query", "", "settlement: unverifiable is missing; add unverifiable: "
     "accept or query or dispute"),
    (",\n                     if_missing: not_met", "", "outcomes.resolution.clauses.satisfied: "
     "if_missing is missing; say whether"),
    ("counting_party: buyer\n", "", "counting_party is missing; add counting_party: buyer or "),
    (", of: invoiced", "", "tolerance: of is missing; add of: invoiced or recounted or larger"),
    ("unverifiable: query", "unverifiable:", "settlement.unverifiable: write one text here: "
     "accept or query or dispute"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), DECISIONS)
def test_a_decision_is_never_taken_by_default(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, acme_with(old, new))


TOGETHER = [
    ("pick: last", "pick: last}, forbids: {event: reopened", "a clause has one verb; write either"),
    ("{forbids: {event: [reopened, followed_up], within: 14 days}}", "{}", "a clause has one verb"),
    ("within: 14 days}}", "within: 14 days}, if_missing: met}", "stayed_solved.if_missing: only "
     "requires can miss an event; remove it"),
    ("within: 14 days}}", "within: 14 days, pick: last}}", "stayed_solved.forbids.pick: forbids is "
     "about any event; remove it"),
    ("within: 14 days}}", "within: 14 days, unit: minutes}}", "forbids.unit: a unit needs"),
    ("[reopened, followed_up]", "[reopened, reopened]", "'reopened' stands here twice; keep one"),
    ("[reopened, followed_up]", "[]", "stayed_solved.forbids.event: this is empty; write at least"),
    ('floor: "0"', 'floor: "15000.01"', "pricing.monthly.floor: the floor is above the cap"),
    ("measure: count}", 'at_least: "2.00", at_most: "1.99"}', "tolerance.at_least: at_least is "
     "above at_most; correct one"),
    ("measure: count}", "per: line}", "'line' is no word for per; known are outcome, total"),
    ('  resolution: {per_outcome: "0.99"}\n', "", "pricing: resolution has no price; add "),
    ("  resolution:\n", "  monthly:\n", "monthly is the name of a fee; rename the outcome"),
    ('{id: "908", from', '{id: fin-bot, from', "actors.automation[0]: 'fin-bot' is ai_agent on"),
    ("{queue: [billing, orders]}", "{attributes: {queue: a}}", "scope.attributes.queue: queue is a "
     "filter of its own; move it up"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), TOGETHER)
def test_keys_that_do_not_fit_together_are_refused_at_one_of_them(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, acme_with(old, new))
