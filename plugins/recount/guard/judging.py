"""Judge the tables of one statement by the expectations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount.errors import ReconcileError
from recount.guard.engine import Engine, Result
from recount.guard.facts import run_facts, run_table
from recount.guard.findings import Judgement, Outcome, Validation
from recount.guard.observed import sentence, shown
from recount.guard.reading import TABLES, Expectation, read_all
from recount.project import EXPECTATIONS

# What stands in them is also a parameter of every expectation.
_OF_ONE_ROW = ("control_totals", "statements")


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
            for validation in _Guarded(name, given[name], known).judge(stated[name], engine)
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
            expected=_expected(expectation),
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
            return sentence("; ".join(f"{name} is {{{name}}}" for name in entry.when), [], self.known)
        if outcome is Outcome.NOTHING_TO_JUDGE:
            return f"no row of {len(rows):,} is meant" if rows else "the table is empty"
        if outcome is Outcome.NOT_JUDGED:
            return f"it could not be judged: {shown(result.trouble)}"
        if result.missing_count and not result.rows:
            return f"no value in {result.missing_count:,} of {len(rows):,} rows"
        if result.rows:
            return sentence(entry.observed, [rows[n] for n in result.rows], self.known)
        if result.judged_count in (None, len(rows)):
            return sentence(entry.observed, rows, self.known)
        return f"as expected in all {result.judged_count:,} rows that are meant"


def _outcome(result: Result) -> Outcome:
    if result.trouble:
        return Outcome.NOT_JUDGED
    if result.judged_count == 0:
        return Outcome.NOTHING_TO_JUDGE
    # a null is not unlike anything, so that it would pass: nobody counted what is null
    if result.is_met and not result.missing_count:
        return Outcome.AS_EXPECTED
    return Outcome.NOT_AS_EXPECTED


def _expected(expectation: Expectation) -> str:
    """State an expectation as its file does, on one line."""
    arguments = ", ".join(f"{key}: {_plain(value)}" for key, value in expectation.arguments.items())
    return f"{expectation.entry.expect} ({arguments})"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _comparable(table: pa.Table) -> pa.Table:
    """Turn a source's own control total, which is text, into the number that it states."""
    if "control_total" not in table.column_names:
        return table
    numbers = [_number(text) for text in table["control_total"].to_pylist()]
    position = table.column_names.index("control_total")
    return table.set_column(position, "control_total", pa.array(numbers, pa.decimal128(38, 6)))


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text is not None else None
    except InvalidOperation:
        return None  # no number is equal to it, so that the expectation is not met
