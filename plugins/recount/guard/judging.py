"""Judge the tables of one statement by the expectations."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount.errors import ReconcileError
from recount.guard.engine import Engine, Result
from recount.guard.facts import run_facts, run_table
from recount.guard.findings import Judgement, Outcome, Validation
from recount.guard.observed import sentence, shown, stated
from recount.guard.reading import TABLES, Expectation, read_all
from recount.project import EXPECTATIONS

# What stands in them is also a parameter of every expectation.
_OF_ONE_ROW = ("control_totals", "statements")
_EQUAL_TO_NO_COUNT = -1


def judge(
    tables: Mapping[str, pa.Table],
    parameters: Mapping[str, object],
    expectations: Path = EXPECTATIONS,
) -> Judgement:
    """Judge the guarded tables of one contract and period; `parameters` are those of `run_facts`.

    Nothing in the data raises: what cannot be judged is a finding that holds. ReconcileError for a
    table that is not given, ExpectationError for a file that asks for what is not there.
    """
    stated = read_all(expectations)
    facts = run_facts(parameters)
    given = {"run": run_table(facts)} | {name: _table(tables, name) for name in TABLES[1:]}
    known: dict[str, Any] = {}
    for name in _OF_ONE_ROW:
        known |= _only_row(given[name], name)
    known |= facts
    engine = Engine()
    return Judgement(
        tuple(
            validation
            for name in TABLES
            for validation in _Guarded.of(name, given[name], known).judge(stated[name], engine)
        )
    )


def _table(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    if name not in tables:
        raise ReconcileError(f"the guard was not given the table {name}; publish it as a mart")
    return tables[name]


def _only_row(table: pa.Table, name: str) -> dict[str, Any]:
    if table.num_rows != 1:
        raise ReconcileError(
            f"the guard judges one statement, and {name} has {table.num_rows} rows for it"
        )
    row: dict[str, Any] = table.to_pylist()[0]
    return row


@dataclass(frozen=True)
class _Guarded:
    """A guarded table, and the parameters that are known for all."""

    name: str
    table: pa.Table
    known: Mapping[str, Any]

    @classmethod
    def of(cls, name: str, table: pa.Table, known: Mapping[str, Any]) -> "_Guarded":
        """Add what every table has: how many rows it is."""
        return cls(name, table, {**known, "row_count": table.num_rows})

    def judge(self, expectations: Sequence[Expectation], engine: Engine) -> Iterable[Validation]:
        """Return the validations in the order of the file."""
        for expectation in expectations:
            self._refuse_unknown(expectation)
        applying = [each for each in expectations if self._applies(each)]
        results = (
            engine.validate(self.name, _comparable(self.table), applying, self._asked(applying))
            if applying
            else {}
        )
        rows = self.table.to_pylist()
        for expectation in expectations:
            # a result that is missing was not judged: silence is never taken for a yes
            result = results.get(expectation.entry.rule, Result(False, trouble="it gave no result"))
            yield self._validation(expectation, result, rows, applies=expectation in applying)

    def _refuse_unknown(self, expectation: Expectation) -> None:
        columns = set(self.table.column_names)
        for key, name in expectation.columns:
            if name not in columns:
                raise expectation.error(
                    key, f"{self.name} has no column {name!r}; correct it or add it to the mart"
                )
        for key, name in (*expectation.parameters, *expectation.fields):
            if name not in self.known and not (key == "observed" and name in columns):
                raise expectation.error(
                    key, f"{name!r} is no parameter and no column of {self.name}; correct it"
                )

    def _applies(self, expectation: Expectation) -> bool:
        return all(
            str(self.known[name]) in values for name, values in expectation.entry.when.items()
        )

    def _asked(self, expectations: Sequence[Expectation]) -> dict[str, Any]:
        names = {name for each in expectations for _, name in each.parameters}
        return {name: self.known[name] for name in sorted(names)}

    def _validation(
        self,
        expectation: Expectation,
        result: Result,
        rows: Sequence[Mapping[str, Any]],
        *,
        applies: bool,
    ) -> Validation:
        entry = expectation.entry
        outcome = _outcome(result) if applies else Outcome.DOES_NOT_APPLY
        return Validation(
            hop=entry.hop,
            table=self.name,
            rule=entry.rule,
            severity=entry.severity,
            because=entry.because,
            expected=stated(expectation),
            observed=self._observed(expectation, outcome, result, rows),
            outcome=outcome,
        )

    def _observed(
        self,
        expectation: Expectation,
        outcome: Outcome,
        result: Result,
        rows: Sequence[Mapping[str, Any]],
    ) -> str:
        entry = expectation.entry
        if outcome is Outcome.DOES_NOT_APPLY:
            return "; ".join(f"{name} is {shown(self.known[name])}" for name in entry.when)
        if outcome is Outcome.NOTHING_TO_JUDGE:
            return f"none of {len(rows):,} rows to judge" if rows else "the table is empty"
        if outcome is Outcome.NOT_JUDGED:
            return f"it could not be judged: {shown(result.trouble)}"
        if result.is_met and result.missing_count:
            return f"no value in {result.missing_count:,} of {len(rows):,} rows"
        if result.rows:
            return sentence(entry.observed, [rows[n] for n in result.rows], self.known)
        meant = [row for row in rows if not entry.where or entry.where.is_true_of(row)]
        return sentence(entry.observed, meant, self.known)


def _outcome(result: Result) -> Outcome:
    if result.trouble:
        return Outcome.NOT_JUDGED
    if result.judged_count == 0:
        return Outcome.NOTHING_TO_JUDGE
    # a null is not unlike anything, so that it would pass: nobody counted what is null
    if result.is_met and not result.missing_count:
        return Outcome.AS_EXPECTED
    return Outcome.NOT_AS_EXPECTED


def _comparable(table: pa.Table) -> pa.Table:
    """Turn a source's own control total, which is text, into the number that it states."""
    if "control_total" not in table.column_names:
        return table
    numbers = [_number(text) for text in table["control_total"].to_pylist()]
    position = table.column_names.index("control_total")
    return table.set_column(position, "control_total", pa.array(numbers, pa.int64()))


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else _EQUAL_TO_NO_COUNT
