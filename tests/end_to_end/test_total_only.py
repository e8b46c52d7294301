"""An invoice that names a total and no subjects is reconciled in total only, and says so."""

from pathlib import Path
from typing import Any

import pytest

from recount import stages
from recount.month import Month
from tests.support.small import FINAL, write_month

HEADER = "invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency,issued_on\n"


@pytest.fixture(scope="module")
def statement(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("total")
    contract = write_month(folder)
    (folder / "2026-03.csv").write_text(
        HEADER + "INV-1,1,,resolution,6,1.00,6.00,USD,2026-04-01\n", "utf-8"
    )
    lake = str(folder / "lake")
    return stages.run(Month(str(contract), "acme", "2026-03", FINAL, lake)) | {"lake": lake}


def test_what_is_over_in_total_is_over_invoiced_and_disputed(statement: dict[str, Any]) -> None:
    assert statement["outcomes"]["resolution"]["recounted_count"] == 2
    assert statement["over_invoiced"] == {"count": 4, "amount": "4.00"}
    assert statement["decision"] == "dispute"
    assert statement["amounts"]["disputed"] == "4.00"


def test_the_gap_is_unattributed_and_says_so(statement: dict[str, Any]) -> None:
    assert statement["gap"]["unattributed"] == 4
    assert statement["gap"]["amounts"]["unattributed"] == "4.00"
    assert "line_unattributed" in [finding["rule"] for finding in statement["findings"]]


def test_the_mails_name_what_is_over_in_total(statement: dict[str, Any]) -> None:
    mails = [path.read_text() for path in Path(statement["lake"]).glob("outbox/*.eml")]
    assert len(mails) == 2
    assert all("Billed in total, without subjects" in mail for mail in mails)
