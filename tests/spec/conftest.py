"""The examples of all modules that are collected are recounted together, in one build."""

import pytest

from tests.spec.bills import Bill, bill_of, specified, specified_as_missed
from tests.spec.examples import BOOK, Judged, judged
from tests.support.cases import Recounted, recount


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Recounted:
    """Every example's marts."""
    cases = [case for cases in BOOK.values() for case in cases]
    return recount(cases, tmp_path_factory.mktemp("examples"))


@pytest.fixture
def found(request: pytest.FixtureRequest, batch: Recounted) -> Judged:
    """What both sides make of the test's example."""
    return judged(BOOK[request.function], batch)


@pytest.fixture
def bill(request: pytest.FixtureRequest, batch: Recounted) -> Bill:
    """What becomes of the invoice of the test's example; its statuses as the specification says."""
    (case,) = BOOK[request.function]
    found = bill_of(case, batch)
    placed = [row for row in found.placed if row["line_kind"] == "outcome"]
    assert [(row["match_status"], row["reason"]) for row in placed] == specified(case)
    missed = {row["subject_id"] for row in found.placed if row["match_status"] == "not_invoiced"}
    assert missed == specified_as_missed(case)
    return found
