"""The verdicts on a clause, row by row of DESIGN 5's table; both sides of each boundary."""

from tests.spec.examples import Judged, example

QUIET = "quiet: {forbids: {event: reopened, within: 14 days}}"
RATED = "rated: {requires: {event: rated, at_least: 4, unit: score_of_5, within: 14 days%s}%s}"
SATISFIED = RATED % ("", ", if_missing: not_met")
FIRST = RATED % (", pick: first", ", if_missing: not_met")
LAST = RATED % (", pick: last", ", if_missing: not_met")

REOPENED = """
    subject   at                          event
    reopened  2026-01-01 09:00            solved
    reopened  2026-01-02 09:00            reopened
    quiet     2026-01-01 09:00            solved
"""
SCORED = """
    subject  at                event   value
    three    2026-01-01 09:00  solved
    three    2026-01-02 09:00  rated   3
    four     2026-01-01 09:00  solved
    four     2026-01-02 09:00  rated   4
    five     2026-01-01 09:00  solved
    five     2026-01-02 09:00  rated   5
"""
RATED_TWICE = """
    subject  at                event   value
    up       2026-01-01 09:00  solved
    up       2026-01-02 09:00  rated   3
    up       2026-01-03 09:00  rated   4
    down     2026-01-01 09:00  solved
    down     2026-01-02 09:00  rated   4
    down     2026-01-03 09:00  rated   3
    never    2026-01-01 09:00  solved
"""


# --- forbids: a good event


@example(REOPENED, clauses=QUIET, as_of="2026-01-03 09:00")
def test_a_forbidden_event_decides_while_the_window_is_still_open(found: Judged) -> None:
    assert found.verdicts == {"reopened": "not_met", "quiet": "pending"}
    assert found.proofs["reopened", "quiet"] == "e02"


@example(
    REOPENED,
    clauses=QUIET,
    shown="""
        event     from              until
        reopened  2026-01-01 12:00
    """,
)
def test_a_forbidden_event_decides_although_the_source_did_not_show_the_whole_window(
    found: Judged,
) -> None:
    assert found.verdicts == {"reopened": "not_met", "quiet": "unverifiable"}


@example(
    """
    subject  at                event   value
    three    2026-01-01 09:00  solved
    three    2026-01-02 09:00  rated   3
    two      2026-01-01 09:00  solved
    two      2026-01-02 09:00  rated   2
    """,
    clauses="never_annoyed: {forbids: {event: rated, at_most: 2, within: 14 days}}",
)
def test_a_forbidden_event_outside_its_bounds_does_no_harm(found: Judged) -> None:
    assert found.verdicts == {"three": "met", "two": "not_met"}


# --- requires, pick any: a good event


@example(SCORED, clauses=SATISFIED, as_of="2026-01-03 09:00")
def test_a_required_event_decides_while_the_window_is_still_open(found: Judged) -> None:
    assert found.verdicts == {"three": "pending", "four": "met", "five": "met"}
    assert found.proofs["four", "rated"] == "e04"


@example(
    SCORED,
    clauses=SATISFIED,
    shown="""
        event  from              until
        rated  2026-01-01 12:00
    """,
)
def test_a_required_event_decides_although_the_source_did_not_show_the_whole_window(
    found: Judged,
) -> None:
    assert found.verdicts == {"three": "unverifiable", "four": "met", "five": "met"}


# --- any clause: the source cannot show one of the event types


@example(
    REOPENED,
    clauses="quiet: {forbids: {event: [followed_up, replied], within: 14 days}}",
)
def test_a_clause_is_unverifiable_if_one_of_its_event_types_is_never_shown(found: Judged) -> None:
    assert found.verdicts == {"reopened": "unverifiable", "quiet": "unverifiable"}


@example(
    """
    subject     at                          event
    just_shown  2026-01-01 09:00            solved
    too_early   2026-01-01 08:59:59.999999  solved
    """,
    clauses=QUIET,
    shown="""
        event     from              until
        reopened  2026-01-01 09:00
    """,
)
def test_what_is_shown_from_the_windows_first_instant_on_is_enough(found: Judged) -> None:
    assert found.verdicts == {"just_shown": "met", "too_early": "unverifiable"}


@example(
    RATED_TWICE,
    clauses=FIRST,
    shown="""
        event  from              until
        rated  2026-01-01 12:00
    """,
)
def test_which_event_came_first_is_unverifiable_if_an_earlier_one_may_be_hidden(
    found: Judged,
) -> None:
    assert set(found.verdicts.values()) == {"unverifiable"}


# --- forbids: none, and the window is closed or not


@example(
    """
    subject  at                          event
    closed   2026-01-01 08:59:59.999999  solved
    open     2026-01-01 09:00            solved
    """,
    clauses=QUIET,
    as_of="2026-01-15 09:00",
)
def test_a_window_is_closed_only_when_we_have_looked_beyond_its_last_instant(
    found: Judged,
) -> None:
    assert found.verdicts == {"closed": "met", "open": "pending"}


@example(
    REOPENED,
    clauses="quiet: {forbids: {event: [reopened, contacted], within: 14 days}}",
    shown="""
        event      from  until
        contacted        2026-01-15 09:00
    """,
)
def test_a_window_stays_open_until_every_event_type_has_been_looked_at(found: Judged) -> None:
    assert found.verdicts == {"reopened": "not_met", "quiet": "pending"}


@example(
    REOPENED,
    clauses=QUIET,
    as_of="2026-01-15 09:00",
    shown="""
        event     from  until
        reopened        2026-03-01 00:00
    """,
)
def test_nobody_has_looked_beyond_as_of_whatever_a_source_says(found: Judged) -> None:
    assert found.verdicts["quiet"] == "pending"


# --- requires, pick any: events of the pattern, none good


@example(SCORED, clauses=SATISFIED)
def test_a_score_of_three_four_and_five_gives_no_yes_and_yes(found: Judged) -> None:
    assert found.verdicts == {"three": "not_met", "four": "met", "five": "met"}
    assert found.proofs["three", "rated"] == "e02"


@example(
    """
    subject     at                event   value   unit
    just_below  2026-01-01 09:00  solved
    just_below  2026-01-02 09:00  rated   3.9999
    no_value    2026-01-01 09:00  solved
    no_value    2026-01-02 09:00  rated
    other_unit  2026-01-01 09:00  solved
    other_unit  2026-01-02 09:00  rated   5       minutes
    """,
    clauses=RATED % ("", ", if_missing: met"),
)
def test_a_rating_that_is_not_good_is_not_missing_either(found: Judged) -> None:
    assert set(found.verdicts.values()) == {"not_met"}


@example(
    """
    subject   at                event   value
    in_time   2026-01-01 09:00  solved
    in_time   2026-01-02 09:00  rated   14
    too_long  2026-01-01 09:00  solved
    too_long  2026-01-02 09:00  rated   15.0001
    """,
    clauses="""
        short: {requires: {event: rated, at_least: 14, at_most: 15, within: 14 days},
                if_missing: not_met}
    """,
)
def test_both_bounds_belong_to_what_is_good(found: Judged) -> None:
    assert found.verdicts == {"in_time": "met", "too_long": "not_met"}


# --- requires, pick first and last


@example(RATED_TWICE, clauses=FIRST, as_of="2026-01-04 09:00")
def test_the_first_event_decides_while_the_window_is_still_open(found: Judged) -> None:
    assert found.verdicts == {"up": "not_met", "down": "met", "never": "pending"}
    assert found.proofs["down", "rated"] == "e05"


@example(RATED_TWICE, clauses=LAST)
def test_the_last_event_decides_when_the_window_is_closed(found: Judged) -> None:
    assert found.verdicts == {"up": "met", "down": "not_met", "never": "not_met"}
    assert found.proofs["up", "rated"] == "e03"


@example(RATED_TWICE, clauses=LAST, as_of="2026-01-15 09:00")
def test_the_last_event_is_not_known_while_the_window_is_open(found: Judged) -> None:
    assert set(found.verdicts.values()) == {"pending"}


@example(
    """
    subject  at                event   value  id
    tied     2026-01-01 09:00  solved         s1
    tied     2026-01-02 09:00  rated   1      B
    tied     2026-01-02 09:00  rated   2      a
    tied     2026-01-02 09:00  rated   3      z
    tied     2026-01-02 09:00  rated   5      é
    """,
    clauses=LAST,
)
def test_of_events_of_one_instant_the_last_is_the_last_by_the_bytes_of_its_id(
    found: Judged,
) -> None:
    assert found.verdicts == {"tied": "met"}
    assert found.proofs["tied", "rated"] == "é"


# --- requires: no event of the pattern

SILENCE = """
    subject  at                event
    silent   2026-01-01 09:00  solved
"""


@example(SILENCE, clauses=RATED % ("", ", if_missing: met"))
def test_silence_is_met_where_the_contract_says_so(found: Judged) -> None:
    assert found.verdicts == {"silent": "met"}


@example(SILENCE, clauses=RATED % (", pick: last", ", if_missing: not_met"))
def test_silence_is_not_met_where_the_contract_says_so(found: Judged) -> None:
    assert found.verdicts == {"silent": "not_met"}


@example(SILENCE, clauses=RATED % (", pick: first", ", if_missing: unverifiable"))
def test_silence_is_unverifiable_where_the_contract_says_so(found: Judged) -> None:
    assert found.verdicts == {"silent": "unverifiable"}


@example(SILENCE, clauses=RATED % ("", ", if_missing: met"), as_of="2026-01-15 09:00")
def test_silence_is_pending_until_the_window_is_closed(found: Judged) -> None:
    assert found.verdicts == {"silent": "pending"}


# --- which events are of the pattern


@example(
    """
    subject  at                event    by
    human    2026-01-01 09:00  solved   ai_agent
    human    2026-01-01 10:00  replied  human_agent
    bot      2026-01-01 09:00  solved   ai_agent
    bot      2026-01-01 10:00  replied  ai_agent
    unknown  2026-01-01 09:00  solved   ai_agent
    unknown  2026-01-01 10:00  replied  unknown
    """,
    clauses="alone: {forbids: {event: replied, by: human_agent, within: 1 day}}",
)
def test_only_what_the_named_actor_did_is_of_the_pattern(found: Judged) -> None:
    assert found.verdicts == {"human": "not_met", "bot": "met", "unknown": "met"}


@example(
    """
    subject  at                          event
    seen     2026-01-01 09:00            solved
    seen     2026-01-14 08:59:59.999999  reopened
    unseen   2026-01-01 09:00            solved
    unseen   2026-01-14 09:00            reopened
    """,
    clauses=QUIET,
    shown="""
        event     from  until
        reopened        2026-01-14 09:00
    """,
)
def test_an_event_at_its_observed_until_does_not_exist_for_the_run(found: Judged) -> None:
    assert found.verdicts == {"seen": "not_met", "unseen": "pending"}


@example(
    """
    subject   at                          event
    known     2026-01-31 23:59:59.999999  solved
    tomorrow  2026-02-01 00:00            solved
    """,
    months="2026-01 2026-02",
    as_of="2026-02-01 00:00",
)
def test_a_conclusion_at_as_of_is_no_candidate_yet(found: Judged) -> None:
    assert found.verdicts == {"known": "met"}
