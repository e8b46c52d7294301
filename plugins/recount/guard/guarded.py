"""One guarded table: which expectations apply, what they gave, and how that is said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from recount.guard.engine import Engine, Result
from recount.guard.findings import Outcome, Validation
from recount.guard.observed import sentence, shown, stated
from recount.guard.reading import Expectation

_EQUAL_TO_NO_COUNT = -1


@dataclass(frozen=True)
class Guarded:
    """A guarded table, and the parameters that are known for all."""

    name: str
    table: pa.Table
    known: Mapping[str, Any]

    @classmethod
    def of(cls, name: str, table: pa.Table, known: Mapping[str, Any]) -> "Guarded":
        """Add what every table has: how many rows it is."""
        return cls(name, table, {**known, "row_count": table.num_rows})

    def judge(self, expectations: Sequence[Expectation], engine: Engine) -> Iterator[Validation]:
        """Return the validations in the order of the file."""
        for expectation in expectations:
            self._refuse_unknown(expectation)
        rows = self.table.to_pylist()
        applying = [each for each in expectations if self._applies(each)]
        unknown = {each.entry.rule: self._unknown(each, rows) for each in applying}
        judged = [each for each in applying if not unknown[each.entry.rule]]
        results = (
            engine.validate(self.name, _comparable(self.table), judged, self._asked(judged))
            if judged
            else {}
        )
        for expectation in expectations:
            # a result that is missing was not judged: silence is never taken for a yes
            trouble = unknown.get(expectation.entry.rule) or "it gave no result"
            result = results.get(expectation.entry.rule, Result(False, trouble=trouble))
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

    def _unknown(self, expectation: Expectation, rows: Sequence[Mapping[str, Any]]) -> str | None:
        """Name what a bound or a choice of rows depends on and nobody counted."""
        where = expectation.entry.where
        if where and where.at_least is not None and None in [row[where.column] for row in rows]:
            return f"{where.column} has no value"
        missing = [name for _, name in expectation.parameters if self.known[name] is None]
        return f"{missing[0]} has no value" if missing else None

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
