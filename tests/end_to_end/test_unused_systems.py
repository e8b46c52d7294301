"""A month is built with the systems that its contract names, and comes out as with all of them."""

from pathlib import Path

import pytest

from recount import recounting
from recount.contract.reading import read
from recount.sources import SYSTEMS, unused_by
from tests.end_to_end.buyer import LATER, Buyer
from tests.support.small import write_month


@pytest.mark.deep
def test_a_month_is_the_same_to_the_byte_with_or_without_the_systems_that_it_does_not_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = write_month(tmp_path)
    alone = Buyer(contract, tmp_path / "alone")
    statement = alone.statement() | LATER
    monkeypatch.setattr(recounting, "unused_by", lambda contract: ())
    among_all = Buyer(contract, tmp_path / "among-all")
    assert among_all.statement() | LATER == statement
    folders = ("marts", "evidence")
    assert among_all.objects(*folders) == alone.objects(*folders)


def test_a_system_is_unused_unless_a_source_of_evidence_is_of_it(tmp_path: Path) -> None:
    since = "2026-02-01T00:00:00Z"
    invoice = {"system": "stripe_invoice", "connection": "s", "billed_month": "period_end",
               "outcome_key": "outcome"}  # fmt: skip
    helpdesk = {"system": "zendesk", "connection": "z", "observed_from": since}
    contract = read(write_month(tmp_path, sources={"helpdesk": helpdesk, "invoice": invoice}))
    assert unused_by(contract) == set(SYSTEMS) - {"zendesk", "event_log", "servicenow_export"}
