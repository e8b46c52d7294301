"""Great Expectations without a project, without telemetry and without rows in its results."""

import importlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pyarrow as pa

from recount.collecting import imported
from recount.guard.reading import Expectation

# Whole rows never reach a result: positions are enough to find them again in our own table. To find
# positions takes a third of the time, and most months are as expected.
_WITHOUT_ROWS = {"include_unexpected_rows": False, "partial_unexpected_count": 0}
_COUNTS = {"result_format": "BASIC", **_WITHOUT_ROWS}
_POSITIONS = {"result_format": "COMPLETE", **_WITHOUT_ROWS}
# Imported by Great Expectations for drift tests and their charts alone; half of its import time.
_SELDOM_USED = ("scipy.stats", "altair")


@dataclass(frozen=True)
class Result:
    """What one expectation gave; `rows` are the positions of rows that are not as expected."""

    is_met: bool
    judged_count: int | None = None
    missing_count: int = 0
    rows: tuple[int, ...] = ()
    trouble: str | None = None


class Engine:
    """Judges tables by expectations; opened once per judgement."""

    def __init__(self) -> None:
        """Open a context that lives in memory only."""
        self._gx = _great_expectations()
        base = importlib.import_module("great_expectations.data_context.types.base")
        config = base.DataContextConfig(
            store_backend_defaults=base.InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars=base.ProgressBarsConfig(globally=False, metric_calculations=False),
        )
        context = self._gx.get_context(project_config=config, mode="ephemeral")
        asset = context.data_sources.add_pandas("guard").add_dataframe_asset("table")
        self._whole = asset.add_batch_definition_whole_dataframe("whole")

    def validate(
        self,
        name: str,
        table: pa.Table,
        expectations: Sequence[Expectation],
        parameters: Mapping[str, Any],
    ) -> dict[str, Result]:
        """Judge a small table and return the results by the expectations' names.

        ExpectationError for an expectation that Great Expectations does not know or accept.
        """
        # integers with nulls stay integers: a float could make two numbers equal that are not
        frame = table.to_pandas(integer_object_nulls=True)
        stated = {each.entry.rule: self._stated(each) for each in expectations}

        def validated(rules: Collection[str], wanted: Mapping[str, Any]) -> dict[str, Result]:
            suite = self._gx.ExpectationSuite(name=name, expectations=[stated[r] for r in rules])
            report = self._whole.get_batch({"dataframe": frame}).validate(
                suite, expectation_parameters=dict(parameters), result_format=dict(wanted)
            )
            return {each.expectation_config.meta["rule"]: _result(each) for each in report.results}

        try:
            results = validated(stated, _COUNTS)
            failed = [rule for rule, result in results.items() if not result.is_met]
            return results | (validated(failed, _POSITIONS) if failed else {})
        except Exception as problem:  # whatever it is, the month's data was not judged
            said = Result(is_met=False, trouble=_first_line(str(problem)))
            return dict.fromkeys(stated, said)

    def _stated(self, expectation: Expectation) -> Any:
        entry = expectation.entry
        stated = {
            "type": f"expect_{entry.expect}",
            "kwargs": _completed(expectation),
            "meta": {"rule": entry.rule},
        }
        try:
            built = self._gx.ExpectationSuite(name="one", expectations=[stated]).expectations
        except ValueError as problem:  # pydantic's
            raise expectation.error("", f"{entry.expect}: {_first_said(problem)}") from None
        if not built:  # an unknown type is only logged, and left out
            raise expectation.error(
                "expect",
                f"Great Expectations knows no expectation {entry.expect!r};"
                " write one of its types without the expect_ in front",
            )
        return built[0]


def _completed(expectation: Expectation) -> dict[str, Any]:
    """Add which rows are meant, and that a null is never as expected: nobody counted it."""
    arguments = dict(expectation.arguments)
    if "row_condition" in arguments:
        raise expectation.error("row_condition", "write `where:` to choose the rows")
    if "column_B" in arguments:
        arguments.setdefault("ignore_row_if", "neither")
    if "column_list" in arguments:
        arguments.setdefault("ignore_row_if", "never")
    if expectation.entry.where:
        rows = importlib.import_module("great_expectations.expectations.row_conditions")
        where = expectation.entry.where
        arguments["row_condition"] = where.condition(rows.Column(where.column))
    return arguments


def _first_said(problem: ValueError) -> str:
    errors = getattr(problem, "errors", None)
    if errors is None:
        return str(problem).splitlines()[0]
    first = errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}; correct it"


def _result(validated: Any) -> Result:
    trouble = _trouble(validated.exception_info)
    if trouble:
        return Result(is_met=False, trouble=trouble)
    found = validated.result
    return Result(
        is_met=bool(validated.success),
        judged_count=found.get("element_count"),
        missing_count=found.get("missing_count") or 0,
        rows=tuple(found.get("unexpected_index_list") or ()),
    )


def _trouble(exception_info: Mapping[str, Any]) -> str | None:
    """Return the first line of what was raised; it stands one level deeper for a metric."""
    if exception_info.get("raised_exception") is False:
        return None
    inner = next((v for v in exception_info.values() if isinstance(v, Mapping)), exception_info)
    return _first_line(str(inner.get("exception_message") or ""))


def _first_line(text: str) -> str:
    lines = text.splitlines()
    return lines[0][:200] if lines else "Great Expectations gave no result"


def _great_expectations() -> Any:
    """Import it late, because it takes long, and with its telemetry off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _put_off(_SELDOM_USED):
        return imported("great_expectations")


class _Later(ModuleType):
    """Stands for a module until something in it is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def _put_off(names: Sequence[str]) -> Iterator[None]:
    """Let modules that are imported meanwhile be loaded on first use; later imports are as ever."""
    placed = [_Later(name) for name in names if name not in sys.modules]
    sys.modules.update({module.__name__: module for module in placed})
    try:
        yield
    finally:
        for module in placed:
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]
