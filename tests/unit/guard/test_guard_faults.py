from pathlib import Path

import pytest
import yaml

from recount.guard import judge
from recount.guard.reading import TABLES, read_all
from recount.project import DBT_PROJECT, EXPECTATIONS
from tests.unit.guard.faults import FAULTS, FAULTS_IN_COMPANY
from tests.unit.guard.months import CONTROL_TOTALS, PARAMETERS, empty_month, month, only

STATED = {each.entry.rule: each for found in read_all(EXPECTATIONS).values() for each in found}


@pytest.mark.parametrize("rule", FAULTS)
def test_each_fault_is_found_and_nothing_else(rule: str, tmp_path: Path) -> None:
    tables, facts = FAULTS[rule]
    # by its own table's file, because the time that a judgement takes grows with what is judged
    expectations = only(tmp_path, STATED[rule].table)
    (finding,) = judge(tables, {**PARAMETERS, **facts}, expectations).findings
    assert finding.rule == rule
    assert finding.severity == STATED[rule].entry.severity
    assert finding.because == STATED[rule].entry.because


def test_an_invoice_of_another_period_is_found_beside_its_lines() -> None:
    ((rules, (tables, facts)),) = FAULTS_IN_COMPANY.items()
    findings = judge(tables, {**PARAMETERS, **facts}).findings
    assert tuple(finding.rule for finding in findings) == rules
    assert [finding.severity for finding in findings] == ["hold", "note"]


@pytest.mark.parametrize(
    "rule", ["subject_confusable", "record_unread", "line_lost", "price_differs"]
)
def test_a_fault_of_one_table_is_none_of_another(rule: str) -> None:
    tables, facts = FAULTS[rule]
    findings = judge(tables, {**PARAMETERS, **facts}).findings
    assert [finding.rule for finding in findings] == [rule]


def test_every_expectation_has_its_fault() -> None:
    planted = {*FAULTS, *(rules[0] for rules in FAULTS_IN_COMPANY)}
    assert STATED
    assert planted == set(STATED)


def test_a_month_without_a_fault_has_no_finding() -> None:
    judgement = judge(month(), PARAMETERS)
    assert judgement.findings == ()
    assert len(judgement.validations) == len(STATED)


def test_an_empty_month_has_no_finding() -> None:
    judgement = judge(empty_month(), PARAMETERS)
    assert judgement.findings == ()
    assert {each.rule for each in judgement.validations if each.outcome == "nothing to judge"} >= {
        "line_kind_unknown",
        "match_status_unknown",
    }


@pytest.mark.parametrize(
    "counts",
    [
        {"subject_invoiced_count": 9, "determination_count": 0},
        {"subject_invoiced_count": 9, "subject_known_count": 0},
        {"subject_invoiced_count": 10, "subject_known_count": 1},
    ],
)
def test_a_small_month_is_not_taken_for_a_broken_export(
    counts: dict[str, int], tmp_path: Path
) -> None:
    expectations = only(tmp_path, "control_totals")
    assert judge(month(**counts), PARAMETERS, expectations).findings == ()


@pytest.mark.parametrize(("dated", "elsewhere"), [(9, 9), (10, 9)])
def test_an_invoice_of_the_period_can_hold_lines_of_another(
    dated: int, elsewhere: int, tmp_path: Path
) -> None:
    counts = {"line_dated_count": dated, "line_concluded_elsewhere_count": elsewhere}
    expectations = only(tmp_path, "control_totals")
    (finding,) = judge(month(**counts), PARAMETERS, expectations).findings
    assert (finding.rule, finding.severity) == ("line_of_another_period", "note")


def test_what_each_expectation_judges_is_a_column_of_a_mart() -> None:
    models = yaml.safe_load(Path(DBT_PROJECT, "models/marts/marts.yml").read_text())["models"]
    marts = {model["name"]: {column["name"] for column in model["columns"]} for model in models}
    judged = {
        (each.table, name)
        for each in STATED.values()
        for _, name in each.columns
        if each.table != "run"
    }
    assert {table for table, _ in judged} == set(TABLES) - {"run"}
    assert {each for each in judged if each[1] not in marts.get(each[0], ())} == set()


def test_every_count_of_the_control_totals_is_judged() -> None:
    judged = {name for each in STATED.values() for _, name in (*each.columns, *each.parameters)}
    shown = {name for each in STATED.values() for _, name in each.fields}
    not_judged = set(CONTROL_TOTALS) - judged
    # judged stream by stream, in the manifests; the candidates' number is shown beside another
    assert not_judged == {"landed_record_count", "parsed_record_count", "candidate_count"}
    assert "candidate_count" in shown
