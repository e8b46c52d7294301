"""SQL and the specification in Python agree on every verdict, determination and line status."""

import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recount import evaluator
from tests.spec.worlds import worlds
from tests.support.cases import Case, Recounted, recount

HOW_MANY = int(os.environ.get("RECOUNT_WORLDS", "400"))


def _some_worlds(how_many: int) -> list[Case]:
    found: list[Case] = []

    @settings(
        max_examples=how_many, phases=[Phase.generate], database=None, deadline=None,
        derandomize="RECOUNT_WORLDS" not in os.environ, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        found.append(data.draw(worlds(f"world-{len(found)}")))

    collect()
    return found


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return _some_worlds(HOW_MANY)


@pytest.fixture(scope="module")
def recounted(cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Recounted:
    return recount(cases, tmp_path_factory.mktemp("worlds"))


def _sides(case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "buyer", case.definition()
    if case.contract.outcomes["resolution"].vendor_says:
        yield "vendor", case.definition(by_vendor=True)


def _in_period(case: Case, definition: dict[str, Any]) -> list[evaluator.Candidate]:
    return [
        candidate
        for candidate in evaluator.candidates(definition, case.log)
        if evaluator.period_of(evaluator.counted_at(definition, candidate), case.periods)
        == case.period
    ]


def test_every_clause_of_every_candidate_has_the_same_verdict_and_deciding_event(
    cases: list[Case], recounted: Recounted
) -> None:
    compared = 0
    for case in cases:
        expected = {
            (side, candidate.event.event_id, name): (verdict.verdict, verdict.event_id)
            for side, definition in _sides(case)
            for candidate in _in_period(case, definition)
            for name, verdict in candidate.clauses.items()
        }
        found = {
            (row["counted_by"], row["candidate_event_id"], row["clause"]): (
                row["verdict"], row["deciding_event_id"],
            )
            for row in recounted.rows("clause_verdicts", case)
        }  # fmt: skip
        assert found == expected, case
        compared += len(found)
    assert compared > HOW_MANY // 2


def test_every_candidate_has_the_same_verdict_and_reason(
    cases: list[Case], recounted: Recounted
) -> None:
    compared = 0
    for case in cases:
        expected = {
            (side, candidate.event.event_id): (candidate.verdict, candidate.reason)
            for side, definition in _sides(case)
            for candidate in _in_period(case, definition)
        }
        found = {
            (row["counted_by"], row["candidate_event_id"]): (row["verdict"], row["reason"])
            for row in recounted.rows("candidates", case)
        }
        assert found == expected, case
        compared += len(found)
    assert compared > HOW_MANY // 2


def test_every_subject_has_the_same_determination(cases: list[Case], recounted: Recounted) -> None:
    compared = 0
    for case in cases:
        expected = {
            (side, subject_id): (each.verdict, each.reason, each.candidate.event.event_id)
            for side, definition in _sides(case)
            for (subject_id, period), each in evaluator.determinations(
                definition, case.log, case.periods
            ).items()
            if period == case.period
        }
        found = {
            (row["counted_by"], row["subject_id"]): (
                row["verdict"], row["reason"], row["candidate_event_id"],
            )
            for row in recounted.rows("determinations", case)
        }  # fmt: skip
        assert found == expected, case
        compared += len(found)
    assert compared > HOW_MANY // 4


def test_every_line_has_the_same_status_and_reason(cases: list[Case], recounted: Recounted) -> None:
    seen = set()
    for case in cases:
        definition = case.definition()
        expected: list[tuple[str, str | None]] = [
            (status, reason)
            for status, reason in evaluator.line_statuses(
                definition, lambda _: {Decimal(1)}, case.lines, case.log, case.periods, case.period
            )
        ]
        missed = evaluator.not_invoiced(definition, case.lines, case.log, case.periods, case.period)
        expected += [("not_invoiced", None)] * len(missed)
        rows = recounted.rows("reconciliation_lines", case)
        found = [(row["match_status"], row["reason"]) for row in rows]
        assert found == expected, case
        seen |= {status for status, _ in found}
    assert len(seen) == 10, seen
