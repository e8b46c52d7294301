"""From candidates to one determination per subject and period, and which month it belongs to."""

from tests.spec.examples import Judged, example

QUIET = "quiet: {forbids: {event: reopened, within: 14 days}}"
WORSE_AND_WORSE = """
    quiet:  {forbids: {event: reopened, within: 14 days}}
    rated:  {requires: {event: rated, at_least: 4, within: 14 days}, if_missing: not_met}
    called: {forbids: {event: contacted, within: 60 days}}
    shown:  {forbids: {event: followed_up, within: 14 days}}
"""
# A claim that is pending for ever beside later ones that are met: nobody has looked at the ratings,
# and what was accepted later does not prove what was concluded before.
ACCEPTED = """
    accepted: {requires: {event: [rated, accepted], until: concluded}, if_missing: not_met}
"""
NO_RATINGS = """
    event  from  until
    rated        2026-01-01 00:00
"""


# --- a candidate and its clauses


@example(
    """
    subject  at                event
    bad      2026-01-01 09:00  solved
    bad      2026-01-02 09:00  reopened
    dark     2026-01-01 09:00  solved
    """,
    clauses=WORSE_AND_WORSE,
    as_of="2026-02-01 00:00",
)
def test_not_met_goes_before_unverifiable_and_unverifiable_before_pending(found: Judged) -> None:
    assert found.candidates == {"e01": ("not_met", "quiet"), "e03": ("not_met", "rated")}


@example(
    """
    subject  at                event    value
    dark     2026-01-01 09:00  solved
    dark     2026-01-02 09:00  rated    5
    """,
    clauses=WORSE_AND_WORSE,
    as_of="2026-02-01 00:00",
)
def test_unverifiable_goes_before_pending(found: Judged) -> None:
    assert found.candidates == {"e01": ("unverifiable", "shown")}


@example(
    """
    subject  at                event
    both     2026-01-01 09:00  solved
    both     2026-01-02 09:00  reopened
    """,
    clauses="""
        open:   {forbids: {event: contacted, within: 300 days}}
        second: {forbids: {event: reopened, within: 14 days}}
        third:  {requires: {event: rated, within: 14 days}, if_missing: not_met}
    """,
)
def test_the_reason_is_the_first_clause_in_contract_order_with_that_verdict(
    found: Judged,
) -> None:
    assert found.candidates == {"e01": ("not_met", "second")}
    assert found.proofs["both", "second"] == "e02"


@example(
    """
    subject  at                event
    simple   2026-01-01 09:00  solved
    """
)
def test_a_definition_without_clauses_is_met_by_its_conclusion(found: Judged) -> None:
    assert found.candidates == {"e01": ("met", None)}


@example(
    """
    subject  at                event    by
    human    2026-01-01 09:00  solved   human_agent
    open     2026-01-01 09:00  replied  ai_agent
    """
)
def test_what_the_agent_did_not_conclude_is_no_candidate(found: Judged) -> None:
    assert found.candidates == {}


@example(
    """
    subject  at                event   type
    ticket   2026-01-01 09:00  solved
    call     2026-01-01 09:00  solved  call
    nowhere  2026-01-01 09:00  solved
    unnamed  2026-01-01 09:00  solved
    """,
    scope={"queue": ["billing", "orders"]},
    described="""
        subject  type  queue
        ticket         orders
        call     call  billing
        nowhere        returns
    """,
)
def test_only_subjects_of_the_type_and_in_scope_have_candidates(found: Judged) -> None:
    assert found.verdicts == {"ticket": "met"}


@example(
    """
    subject  at                event
    odd      2026-01-01 09:00  solved
    plain    2026-01-01 09:00  solved
    """,
    scope={"queue": ["'; drop table recount.candidates; --", "{{ 7 * 7 }}"]},
    described="""
        subject  queue
        odd      {{ 7 * 7 }}
        plain    49
    """,
)
def test_quotes_and_braces_in_a_scope_are_compared_as_they_are(found: Judged) -> None:
    assert found.verdicts == {"odd": "met"}


# --- the best of a subject's candidates in a period


@example(
    """
    subject  at                event
    twice    2026-01-01 09:00  solved
    twice    2026-01-02 09:00  reopened
    twice    2026-01-03 09:00  solved
    """,
    clauses=QUIET,
)
def test_a_subject_solved_again_is_met_by_its_second_conclusion(found: Judged) -> None:
    assert found.candidates == {"e01": ("not_met", "quiet"), "e03": ("met", None)}
    assert found.determinations == {("2026-01", "twice"): ("met", None, "e03")}


@example(
    """
    subject  at                event
    again    2026-01-01 09:00  solved
    again    2026-01-02 09:00  solved
    """
)
def test_of_equal_candidates_the_earliest_is_the_determination(found: Judged) -> None:
    assert found.determinations == {("2026-01", "again"): ("met", None, "e01")}


@example(
    """
    subject  at                event   id
    latin    2026-01-01 09:00  solved  é
    latin    2026-01-01 09:00  solved  a
    latin    2026-01-01 09:00  solved  B
    planes   2026-01-01 09:00  solved  😀
    planes   2026-01-01 09:00  solved  \uffee
    """
)
def test_candidates_of_one_instant_are_ordered_by_the_bytes_of_their_ids(found: Judged) -> None:
    assert found.determinations == {
        ("2026-01", "latin"): ("met", None, "B"),
        ("2026-01", "planes"): ("met", None, "\uffee"),
    }


@example(
    """
    subject  at                event     value
    mixed    2026-01-01 09:00  solved
    mixed    2026-01-02 09:00  reopened
    mixed    2026-01-20 09:00  solved
    """,
    clauses=QUIET,
    as_of="2026-02-01 00:00",
)
def test_a_pending_candidate_is_better_than_one_that_failed(found: Judged) -> None:
    assert found.determinations == {("2026-01", "mixed"): ("pending", "quiet", "e03")}


# --- counted once per subject


TWO_MONTHS = """
    subject  at                event
    twice    2026-01-10 09:00  solved
    twice    2026-02-10 09:00  solved
"""
THREE_MONTHS = """
    subject  at                event     by
    late     2026-01-10 09:00  solved    ai_agent
    late     2026-01-20 09:00  accepted  human_agent
    late     2026-02-10 09:00  solved    ai_agent
    late     2026-03-10 09:00  solved    ai_agent
"""


@example(TWO_MONTHS, months="2026-01 2026-02")
def test_after_a_met_month_a_later_one_was_counted_before(found: Judged) -> None:
    assert found.determinations == {
        ("2026-01", "twice"): ("met", None, "e01"),
        ("2026-02", "twice"): ("not_met", "counted_before", "e02"),
    }
    assert found.candidates["e02"] == ("met", None), "a candidate keeps its own verdict"


@example(TWO_MONTHS, clauses=QUIET, months="2026-01 2026-02", as_of="2026-02-20 00:00")
def test_after_a_met_month_a_pending_one_was_counted_before(found: Judged) -> None:
    assert found.determinations["2026-02", "twice"] == ("not_met", "counted_before", "e02")


@example(THREE_MONTHS, clauses=ACCEPTED, months="2026-01 2026-02 2026-03", shown=NO_RATINGS)
def test_while_a_month_is_pending_every_later_one_that_is_met_waits(found: Judged) -> None:
    assert found.determinations == {
        ("2026-01", "late"): ("pending", "accepted", "e01"),
        ("2026-02", "late"): ("pending", "counted_before", "e03"),
        ("2026-03", "late"): ("pending", "counted_before", "e04"),
    }


@example(TWO_MONTHS, clauses=QUIET, months="2026-01 2026-02", as_of="2026-02-20 00:00",
         shown="""
             event     from  until
             reopened        2026-01-15 00:00
         """)  # fmt: skip
def test_a_pending_month_after_a_pending_one_keeps_its_own_reason(found: Judged) -> None:
    assert found.determinations == {
        ("2026-01", "twice"): ("pending", "quiet", "e01"),
        ("2026-02", "twice"): ("pending", "quiet", "e02"),
    }


@example(
    """
    subject   at                event
    reopened  2026-01-10 09:00  solved
    reopened  2026-01-11 09:00  reopened
    reopened  2026-02-10 09:00  solved
    """,
    clauses=QUIET,
    months="2026-01 2026-02",
)
def test_a_month_that_failed_claims_nothing(found: Judged) -> None:
    assert found.determinations["2026-02", "reopened"] == ("met", None, "e03")


@example(
    TWO_MONTHS,
    clauses=QUIET,
    months="2026-01 2026-02",
    shown="""
        event     from              until
        reopened  2026-02-01 00:00
    """,
)
def test_a_month_that_nobody_can_verify_claims_nothing(found: Judged) -> None:
    assert found.determinations == {
        ("2026-01", "twice"): ("unverifiable", "quiet", "e01"),
        ("2026-02", "twice"): ("met", None, "e02"),
    }


@example(TWO_MONTHS, months="2026-01 2026-02", count_once_per="period")
def test_a_subject_that_counts_once_per_period_is_met_in_each(found: Judged) -> None:
    assert found.determinations == {
        ("2026-01", "twice"): ("met", None, "e01"),
        ("2026-02", "twice"): ("met", None, "e02"),
    }


@example(
    """
    subject  at                event
    busy     2026-01-10 09:00  solved
    busy     2026-01-20 09:00  solved
    """,
    count_once_per="period",
)
def test_also_per_period_a_subject_is_determined_once(found: Judged) -> None:
    assert found.determinations == {("2026-01", "busy"): ("met", None, "e01")}


# --- the month of a candidate


@example(
    """
    subject    at                                event
    last_dot   2026-03-31 23:59:59.999999+02:00  solved
    first_dot  2026-04-01 00:00+02:00            solved
    """,
    months="2026-03 2026-04",
    zone="Europe/Berlin",
)
def test_a_month_ends_at_midnight_in_the_contracts_zone(found: Judged) -> None:
    assert set(found.determinations) == {("2026-03", "last_dot"), ("2026-04", "first_dot")}


@example(
    """
    subject    at                                event
    first_dot  2026-03-01 00:00+01:00            solved
    last_dot   2026-10-31 23:59:59.999999+01:00  solved
    next_dot   2026-11-01 00:00+01:00            solved
    """,
    months="2026-02 2026-03 2026-10 2026-11",
    zone="Europe/Berlin",
    as_of="2026-12-01 00:00",
)
def test_the_months_of_a_clock_change_begin_and_end_by_different_offsets(found: Judged) -> None:
    assert set(found.determinations) == {
        ("2026-03", "first_dot"), ("2026-10", "last_dot"), ("2026-11", "next_dot"),
    }  # fmt: skip


@example(
    """
    subject    at                          event
    leap_day   2028-02-29 23:59:59.999999  solved
    march      2028-03-01 00:00            solved
    """,
    months="2028-02 2028-03",
    as_of="2028-06-01 00:00",
)
def test_a_leap_day_belongs_to_february(found: Judged) -> None:
    assert set(found.determinations) == {("2028-02", "leap_day"), ("2028-03", "march")}


@example("", months="2026-01")
def test_a_month_in_which_nothing_happened_is_a_month(found: Judged) -> None:
    assert found.determinations == {}


@example(
    """
    subject   at                          event
    in_time   2026-01-17 23:59:59.999999  solved
    on_edge   2026-01-18 00:00            solved
    """,
    clauses=QUIET,
    months="2026-01 2026-02",
    counts_in="matured",
)
def test_what_matures_at_the_months_last_instant_counts_in_the_next(found: Judged) -> None:
    assert set(found.determinations) == {("2026-01", "in_time"), ("2026-02", "on_edge")}


@example(
    """
    subject  at                event
    ripe     2026-01-10 09:00  solved
    """,
    clauses="""
        quiet:  {forbids: {event: reopened, within: 14 days}}
        silent: {forbids: {event: contacted, within: 30 days}}
    """,
    months="2026-01 2026-02",
    counts_in="matured",
)
def test_the_latest_window_decides_when_a_candidate_is_mature(found: Judged) -> None:
    assert found.determinations == {("2026-02", "ripe"): ("met", None, "e01")}


@example(
    """
    subject  at                event
    reopen   2026-01-25 09:00  solved
    reopen   2026-01-26 09:00  reopened
    """,
    clauses=QUIET,
    months="2026-01 2026-02",
    counts_in="matured",
)
def test_a_candidate_that_failed_early_still_counts_where_its_window_ends(found: Judged) -> None:
    assert found.determinations == {("2026-02", "reopen"): ("not_met", "quiet", "e01")}
