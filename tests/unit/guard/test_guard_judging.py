from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from recount.errors import ReconcileError
from recount.guard import ExpectationError, judge
from tests.unit.guard.months import (
    CONTROL_TOTALS,
    MANIFESTS,
    PARAMETERS,
    empty_month,
    entry,
    line_totals,
    manifests,
    month,
    only,
    written,
)

# Null in them is a finding like any other number than 0; in the others it holds.
NOTED = (
    "event_type_not_shown_count",
    "candidate_concluded_before_opened_count",
    "line_unattributed_count",
    "line_wrong_product_count",
    "line_before_milestone_count",
    "subject_claimed_count",
)
NOT_JUDGED = ("landed_record_count", "parsed_record_count", "candidate_count")
COUNTS = [name for name in CONTROL_TOTALS if name not in NOT_JUDGED]


def outcomes(
    folder: Path, *texts: str, table: str = "control_totals", **tables: object
) -> list[str]:
    judgement = judge(month() | tables, PARAMETERS, written(folder, *texts, table=table))
    return [each.outcome for each in judgement.validations if each.table == table]


@pytest.mark.parametrize(
    ("state", "rule"), [("missing", "invoice_missing"), ("none", "invoice_not_configured")]
)
def test_without_an_invoice_only_its_absence_is_found(state: str, rule: str) -> None:
    tables = month(
        line_staged_count=0, line_billed_count=0, credit_staged_count=0, credit_void_count=0,
        line_placed_count=0, line_count=0, amount_staged="0",
        amount_placed="0", invoiced_count=0, over_invoiced_count=0, line_dated_count=0,
        amount_invoiced=Decimal(0), amount_contested=Decimal(0), subject_invoiced_count=0,
        subject_known_count=0,
    ) | {"line_totals": line_totals([]), "manifests": manifests(MANIFESTS[:1])}  # fmt: skip
    findings = judge(tables, {**PARAMETERS, "invoice_state": state}).findings
    assert [finding.rule for finding in findings] == [rule]


def test_holds_come_first_and_then_the_order_of_the_files() -> None:
    facts = {**PARAMETERS, "periods_of_same_invoice": ["2016-02"]}
    tables = month(line_lost_count=1, event_type_not_shown_count=1, over_invoiced_count=39)
    findings = judge(tables, facts).findings
    assert [(finding.rule, finding.severity) for finding in findings] == [
        ("line_lost", "hold"),
        ("over_invoiced_above_invoiced", "hold"),
        ("invoice_number_seen_before", "note"),
        ("event_type_not_shown", "note"),
    ]


def test_a_finding_is_what_the_statement_prints() -> None:
    (finding,) = judge(month(line_lost_count=2), PARAMETERS).findings
    assert finding.as_dict() == {
        "rule": "line_lost",
        "severity": "hold",
        "because": "a line of the invoice that is not on the statement is neither paid nor"
        " disputed",
        "observed": "lines lost: 2 of 40",
    }


def test_the_event_types_that_the_log_lacks_are_named() -> None:
    tables = month(event_type_not_shown_count=2, event_types_not_shown="closed, rated")
    (finding,) = judge(tables, PARAMETERS).findings
    assert finding.observed == "event types that no source shows: closed, rated"


@pytest.mark.parametrize("column", COUNTS)
def test_a_count_that_nobody_counted_is_never_as_expected(column: str, tmp_path: Path) -> None:
    expectations = only(tmp_path, "control_totals")
    findings = judge(month(**{column: None}), PARAMETERS, expectations).findings
    assert findings
    assert findings[0].severity == ("note" if column in NOTED else "hold")


def test_the_rows_that_are_not_as_expected_are_named_and_no_others() -> None:
    rows = [{**MANIFESTS[0], "stream": f"s{n}", "parsed_count": 480 - n} for n in range(3)]
    tables = month() | {"manifests": manifests([*rows, MANIFESTS[1]])}
    (finding,) = judge(tables, PARAMETERS).findings
    assert finding.observed == (
        "helpdesk s1: 480 landed, 479 read; helpdesk s2: 480 landed, 478 read"
    )


def test_many_rows_are_named_in_part() -> None:
    rows = [{**MANIFESTS[0], "stream": f"s{n}", "parsed_count": 1} for n in range(9)]
    tables = month() | {"manifests": manifests(rows)}
    (finding,) = judge(tables, PARAMETERS).findings
    assert finding.observed.count("480 landed") == 6
    assert finding.observed.endswith("; and 3 more")


@pytest.mark.parametrize("total", ["four hundred", "480.5", "-480", "NaN", "1e400", "9" * 40])
def test_a_control_total_that_is_no_count_is_never_met(total: str, tmp_path: Path) -> None:
    row = {**MANIFESTS[0], "control_total": total, "control_total_kind": "exact"}
    tables = month() | {"manifests": manifests([row, MANIFESTS[1]])}
    findings = judge(tables, PARAMETERS, only(tmp_path, "manifests")).findings
    assert [finding.rule for finding in findings] == ["control_total_differs"]
    assert total[:20] in findings[0].observed


def test_an_amount_is_compared_to_its_last_decimal() -> None:
    tables = month(amount_staged="123456789012.000001", amount_placed="123456789012.000002")
    (finding,) = judge(tables, PARAMETERS).findings
    assert finding.observed == (
        "123,456,789,012.000001 invoiced, 123,456,789,012.000002 on the statement"
    )


def test_an_expectation_over_no_row_is_not_taken_for_met(tmp_path: Path) -> None:
    text = entry(expect="column_values_to_not_be_null", column="reason")
    found = outcomes(tmp_path, text, table="line_totals", line_totals=line_totals([]))
    assert found == ["nothing to judge"]


def test_an_expectation_that_cannot_be_judged_holds(tmp_path: Path) -> None:
    text = entry(expect="column_values_to_be_between", column="period", min_value=0)
    judgement = judge(month(), PARAMETERS, written(tmp_path, text))
    (finding,) = judgement.findings
    assert (finding.rule, finding.severity) == ("something", "hold")
    assert finding.observed.startswith("it could not be judged: ")


def test_an_expectation_can_depend_on_a_parameter(tmp_path: Path) -> None:
    for_none = entry(when="{invoice_state: none}", min_value=2)
    for_both = entry(rule="other", when="{invoice_state: [none, present]}", min_value=2)
    assert outcomes(tmp_path, for_none, for_both) == ["does not apply", "not as expected"]


@pytest.mark.parametrize("table", ["control_totals", "statements"])
@pytest.mark.parametrize("rows", [0, 2])
def test_only_one_statement_is_judged_at_a_time(table: str, rows: int) -> None:
    tables = month()
    tables[table] = pa.concat_tables([tables[table].slice(0, 0), *[tables[table]] * rows])
    with pytest.raises(ReconcileError, match=f"{table} has {rows} rows"):
        judge(tables, PARAMETERS)


@pytest.mark.parametrize("table", month())
def test_a_table_that_is_not_given_is_refused(table: str) -> None:
    tables = month()
    del tables[table]
    with pytest.raises(ReconcileError, match=f"not given the table {table}"):
        judge(tables, PARAMETERS)


@pytest.mark.parametrize("table", ["control_totals", "line_totals", "manifests", "statements"])
def test_a_column_that_is_not_there_is_refused_by_file_and_line(table: str) -> None:
    column = {"control_totals": "line_lost_count", "line_totals": "gap_part"}
    column |= {"manifests": "control_total_kind", "statements": "unverifiable_count"}
    tables = month()
    tables[table] = tables[table].drop_columns(column[table])
    place = rf"{table}\.yml:\d+: {table} has no column '{column[table]}'"
    with pytest.raises(ExpectationError, match=place):
        judge(tables, PARAMETERS)


@pytest.mark.parametrize(
    ("parameters", "because"),
    [
        ({"invoice_state": "lost"}, "invoice_state as present or missing or none, not 'lost'"),
        ({"unverifiable_policy": None}, "unverifiable_policy as accept or query or dispute"),
        ({"invoice": "present"}, "no parameter 'invoice'"),
        ({"periods_of_same_file": "2016-02"}, "periods_of_same_file as a list"),
    ],
)
def test_parameters_are_strict(parameters: dict[str, object], because: str) -> None:
    with pytest.raises(ReconcileError, match=because):
        judge(empty_month(), {**PARAMETERS, **parameters})
