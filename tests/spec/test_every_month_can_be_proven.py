"""Any month leaves a pack from which `recount.recomputing` recomputes all that SQL said of it."""

import os
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from recount import stages
from recount.contract.canonical import digest
from recount.decide import decide, divergence, over_invoicing, settles
from recount.document import statement_document
from recount.evidence.members import write_members
from recount.evidence.zipping import seal, zipped
from recount.recomputing.packs import FORMAT
from recount.recomputing.proof import verify
from recount.statement import from_marts
from recount.warehouse import EVIDENCE, MARTS, Scratch
from tests.spec import test_sql_agrees_on_charges as charges
from tests.spec.test_sql_agrees_with_the_specification import _some_worlds
from tests.support.cases import Billed, Case, recount

FEW, MANY = 25, int(os.environ.get("RECOUNT_PACKS", "100"))


class Batch:
    """The marts of all cases of a build, as each case's month publishes them."""

    def __init__(self, cases: Sequence[Case], folder: Path) -> None:
        """Recount the cases in one build, and read everything once."""
        recount(cases, folder)
        with Scratch(folder).reading() as built:
            self._tables = {name: built.mart(name) for name in MARTS}
            for name in EVIDENCE:
                built.write(name, folder / f"{name}.parquet")
        self._tables |= {name: pq.read_table(folder / f"{name}.parquet") for name in EVIDENCE}

    def of(self, case: Case) -> "Marts":
        """The marts of one case."""
        is_its = pc.field("contract") == case.contract.contract
        return Marts({name: table.filter(is_its) for name, table in self._tables.items()})


class Marts(dict[str, pa.Table]):
    """The marts of a month; of some it gives a file."""

    def copy(self, name: str, path: Path) -> None:  # type: ignore[override]
        """Write a mart to a Parquet file."""
        pq.write_table(self[name], path)


def packed(case: Case, marts: Marts, folder: Path) -> Path:
    """Leave the pack of a case that was recounted in a batch."""
    contract, terms = case.contract, stages._terms(case.contract)
    statement = from_marts(marts, contract.minor_units)
    decision = decide(statement, terms, findings=[])
    document = statement_document(
        statement,
        decision,
        is_above_tolerance=over_invoicing(statement, terms) is not None,
        divergence=divergence(statement, stages._measure(contract)),
        findings=[],
        inputs={},
        settled=settles(statement, decision, has_invoice=contract.has_invoice),
        left=case.left,
        corrected=None,
    )
    facts: dict[str, Any] = {
        "contract_sha256": digest(contract), "period": case.period, "streams": {},
        "earlier_months": None, "invoice_missing": None,
    }  # fmt: skip
    members = folder / "members"
    members.mkdir(parents=True)
    rows = write_members(contract, facts, marts, document, [], members)
    about = {name: document[name] for name in ("contract", "period", "as_of")}
    seal(members, rows, {"format": FORMAT, **about, "previous": None})
    zipped(members.iterdir(), folder / "pack.zip")
    return folder / "pack.zip"


def worlds(how_many: int) -> Sequence[Case]:
    """Any clauses, windows, links and scopes."""
    return _some_worlds(how_many)


def months(how_many: int) -> Sequence[Case]:
    """Any prices."""
    return [charges.month(f"month-{number}") for number in range(how_many)]


def totals(how_many: int) -> Sequence[Case]:
    """Any prices, of months that are billed without subjects."""

    def in_total(case: Case) -> Case:
        billed = Billed("T", "", Decimal(1), quantity=Decimal(len(case.lines)))
        return Case(**{**vars(case), "lines": [billed]})

    return [in_total(month) for month in months(how_many)]


@pytest.mark.parametrize("how_many", [FEW, pytest.param(MANY, marks=pytest.mark.deep)])
@pytest.mark.parametrize("make", [worlds, months, totals])
def test_sql_and_the_evaluator_say_the_same_of_every_month(
    make: Callable[[int], Sequence[Case]],
    how_many: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("contract.yml").write_text("the contract as it was written", "utf-8")
    Path("batch").mkdir()
    cases = make(how_many)
    batch, compared = Batch(cases, tmp_path / "batch"), 0
    for number, case in enumerate(cases):
        marts = batch.of(case)
        report = verify(str(packed(case, marts, tmp_path / f"{number}")))
        assert [str(each) for each in report.differences] == [], case
        compared += len(marts["reconciliation_lines"])
    assert compared > how_many
