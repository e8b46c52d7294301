"""Where a clause looks (DESIGN 5): every window's first and last instant, and one step beyond."""

import pytest

from tests.spec.examples import Judged, example

QUIET = "quiet: {forbids: {event: reopened, within: %s}}"
BEFORE = "alone: {forbids: {event: replied, until: concluded}}"
SESSION = "in_session: {forbids: {event: replied, session: 30 minutes}}"
ANY_CHANNEL = "quiet: {forbids: {event: contacted, by: requester, link: requester, within: 1 day}}"


# --- within


@example(
    """
    subject      at                          event
    at_once      2026-01-01 09:00            solved
    at_once      2026-01-01 09:00            reopened
    just_after   2026-01-01 09:00            solved
    just_after   2026-01-01 09:00:00.000001  reopened
    last_second  2026-01-01 09:00            solved
    last_second  2026-01-15 08:59:59         reopened
    on_the_dot   2026-01-01 09:00            solved
    on_the_dot   2026-01-15 09:00            reopened
    too_late     2026-01-01 09:00            solved
    too_late     2026-01-15 09:00:00.000001  reopened
    """,
    clauses=QUIET % "14 days",
)
def test_the_last_instant_of_the_window_counts_and_the_conclusion_does_not(found: Judged) -> None:
    assert found.verdicts == {
        "at_once": "met", "just_after": "not_met", "last_second": "not_met",
        "on_the_dot": "not_met", "too_late": "met",
    }  # fmt: skip


ON_EACH_END = """
    subject  at                          event
    minutes  2026-01-01 09:30            reopened
    minutes  2026-01-01 09:00            solved
    day      2026-01-02 09:00            reopened
    day      2026-01-01 09:00            solved
    weeks    2026-01-15 09:00            reopened
    weeks    2026-01-01 09:00            solved
"""


@example(ON_EACH_END, clauses=QUIET % "30 minutes")
def test_thirty_minutes_end_after_thirty_minutes(found: Judged) -> None:
    assert found.verdicts == {"minutes": "not_met", "day": "met", "weeks": "met"}


@example(ON_EACH_END, clauses=QUIET % "24 hours")
def test_twenty_four_hours_end_after_a_day(found: Judged) -> None:
    assert found.verdicts == {"minutes": "not_met", "day": "not_met", "weeks": "met"}


@example(ON_EACH_END, clauses=QUIET % "1 day")
def test_a_day_is_twenty_four_hours(found: Judged) -> None:
    assert found.verdicts == {"minutes": "not_met", "day": "not_met", "weeks": "met"}


@example(ON_EACH_END, clauses=QUIET % "2 weeks")
def test_two_weeks_are_fourteen_days(found: Judged) -> None:
    assert set(found.verdicts.values()) == {"not_met"}


@example(
    """
    subject  at                                event
    spring   2026-03-28 20:00+01:00            solved
    spring   2026-03-29 21:00+02:00            reopened
    late     2026-03-28 20:00+01:00            solved
    late     2026-03-29 21:00:00.000001+02:00  reopened
    """,
    clauses=QUIET % "1 day",
    months="2026-03",
    zone="Europe/Berlin",
)
def test_a_day_is_elapsed_time_also_where_the_clock_loses_an_hour(found: Judged) -> None:
    assert found.verdicts == {"spring": "not_met", "late": "met"}


@example(
    """
    subject  at                                event
    autumn   2026-10-25 02:30+02:00            solved
    autumn   2026-10-25 02:30+01:00            reopened
    late     2026-10-25 02:30+02:00            solved
    late     2026-10-25 02:30:00.000001+01:00  reopened
    """,
    clauses=QUIET % "1 hour",
    months="2026-10",
    zone="Europe/Berlin",
    as_of="2026-12-01 00:00",
)
def test_the_hour_that_comes_twice_is_an_hour_long(found: Judged) -> None:
    assert found.verdicts == {"autumn": "not_met", "late": "met"}


# --- until: concluded


@example(
    """
    subject     at                          event
    at_opening  2026-01-01 08:00            replied
    at_opening  2026-01-01 09:00            solved
    earlier     2026-01-01 07:59:59.999999  replied
    earlier     2026-01-01 09:00            solved
    just_until  2026-01-01 08:59:59.999999  replied
    just_until  2026-01-01 09:00            solved
    at_the_end  2026-01-01 09:00            replied
    at_the_end  2026-01-01 09:00            solved
    """,
    clauses=BEFORE,
    described="""
        subject     opened
        at_opening  2026-01-01 08:00
        earlier     2026-01-01 08:00
        just_until  2026-01-01 08:00
        at_the_end  2026-01-01 08:00
    """,
)
def test_until_concluded_begins_with_the_opening_and_ends_before_the_conclusion(
    found: Judged,
) -> None:
    assert found.verdicts == {
        "at_opening": "not_met", "earlier": "met", "just_until": "not_met", "at_the_end": "met",
    }  # fmt: skip


@example(
    """
    subject  at                event
    first    2026-01-01 08:00  replied
    first    2026-01-01 09:00  solved
    """,
    clauses=BEFORE,
)
def test_a_subject_that_nobody_describes_was_opened_by_its_first_event(found: Judged) -> None:
    assert found.verdicts == {"first": "not_met"}


@example(
    """
    subject   at                          event
    seen      2026-01-01 09:00            solved
    unseen    2026-01-01 09:00            solved
    """,
    clauses=BEFORE,
    described="""
        subject  opened
        seen     2026-01-01 08:00
        unseen   2026-01-01 07:59:59.999999
    """,
    shown="""
        event    from              until
        replied  2026-01-01 08:00
    """,
)
def test_a_source_must_show_replies_from_the_opening_on(found: Judged) -> None:
    assert found.verdicts == {"seen": "met", "unseen": "unverifiable"}


@example(
    """
    subject  at                          event
    looked   2026-01-01 08:59:59.999999  solved
    not_yet  2026-01-01 09:00            solved
    """,
    clauses=BEFORE,
    shown="""
        event    from  until
        replied        2026-01-01 09:00
    """,
)
def test_until_concluded_closes_at_the_conclusion(found: Judged) -> None:
    assert found.verdicts == {"looked": "met", "not_yet": "pending"}


# --- session


@example(
    """
    subject   at                          event
    joined    2026-01-01 09:00            solved
    joined    2026-01-01 09:30            replied
    apart     2026-01-01 09:00            solved
    apart     2026-01-01 09:30:00.000001  replied
    """,
    clauses=SESSION,
)
def test_a_gap_of_exactly_its_length_belongs_to_the_session(found: Judged) -> None:
    assert found.verdicts == {"joined": "not_met", "apart": "met"}


@example(
    """
    subject   at                          event
    bridged   2026-01-01 08:00            replied
    bridged   2026-01-01 08:30            rated
    bridged   2026-01-01 09:00            solved
    torn      2026-01-01 08:00            replied
    torn      2026-01-01 08:30:00.000001  rated
    torn      2026-01-01 09:00            solved
    """,
    clauses=SESSION,
)
def test_a_session_reaches_back_over_any_event_without_a_longer_gap(found: Judged) -> None:
    assert found.verdicts == {"bridged": "not_met", "torn": "met"}


@example(
    """
    subject  at                event
    same     2026-01-01 09:00  replied
    same     2026-01-01 09:00  solved
    """,
    clauses=SESSION,
)
def test_nothing_at_the_conclusion_itself_is_in_the_session(found: Judged) -> None:
    assert found.verdicts == {"same": "met"}


@example(
    """
    subject  at                          event
    ended    2026-01-01 09:00            solved
    ended    2026-01-01 09:29:59.999999  rated
    open     2026-01-01 09:00            solved
    open     2026-01-01 09:30            rated
    """,
    clauses=SESSION,
    as_of="2026-01-01 10:00",
)
def test_a_session_ends_a_gap_after_its_last_event(found: Judged) -> None:
    assert found.verdicts == {"ended": "met", "open": "pending"}


@example(
    """
    subject  at                event   requester
    mine     2026-01-01 09:00  solved
    other    2026-01-01 09:30  replied
    far      2026-01-01 09:31  replied
    """,
    clauses="alone: {forbids: {event: replied, link: requester, session: 30 minutes}}",
    described="""
        subject  requester
        mine     R1
        other    R1
    """,
)
def test_a_session_is_of_the_subject_also_where_the_link_is_the_requester(found: Judged) -> None:
    assert found.verdicts == {"mine": "not_met"}


# --- no window


@example(
    """
    subject  at                event  value
    long     2026-01-01 09:00  rated  15
    short    2026-01-01 09:00  rated  14.9999
    unknown  2026-01-01 09:00  rated
    """,
    clauses="long: {requires: {event: rated, at_least: 15}}",
    concluded_by={"event": "rated"},
)
def test_without_a_window_the_clause_is_about_the_concluding_event(found: Judged) -> None:
    assert found.verdicts == {"long": "met", "short": "not_met", "unknown": "not_met"}


@example(
    """
    subject  at                event  by           value
    other    2026-01-01 09:00  rated  human_agent  20
    other    2026-01-01 09:00  solved ai_agent
    """,
    clauses="rated: {requires: {event: rated, at_least: 15}, if_missing: not_met}",
)
def test_without_a_window_another_event_of_the_same_instant_is_not_looked_at(
    found: Judged,
) -> None:
    assert found.verdicts == {"other": "not_met"}


# --- link: requester


@example(
    """
    subject   at                event      by
    asked     2026-01-01 09:00  solved
    again     2026-01-02 09:00  contacted  requester
    quiet     2026-01-01 09:00  solved
    stranger  2026-01-02 09:00  contacted  requester
    """,
    clauses=ANY_CHANNEL,
    described="""
        subject   requester
        asked     R1
        again     R1
        quiet     R2
        stranger  R3
    """,
)
def test_a_contact_of_the_same_person_on_another_ticket_counts(found: Judged) -> None:
    assert found.verdicts == {"asked": "not_met", "quiet": "met"}
    assert found.proofs["asked", "quiet"] == "e02"


@example(
    """
    subject    at                event      by
    keyless    2026-01-01 09:00  solved
    keyless    2026-01-01 10:00  contacted  requester
    described  2026-01-01 09:00  solved
    """,
    clauses=ANY_CHANNEL,
    described="""
        subject    requester
        described
    """,
)
def test_without_a_requester_key_nobody_can_say_who_called_again(found: Judged) -> None:
    assert found.verdicts == {"keyless": "unverifiable", "described": "unverifiable"}


def test_a_table_whose_cells_leave_their_columns_is_refused() -> None:
    with pytest.raises(AssertionError, match="too_long_a_name"):
        example(
            """
            subject  at                event
            too_long_a_name  2026-01-01 09:00  solved
            """
        )
