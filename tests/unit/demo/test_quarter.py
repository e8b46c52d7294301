"""The bundled quarter says what it claims: counted from its files, without the product's code."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from recount.contract import reading
from recount.contract.lint import lint
from recount.sources import source_of, terms_of
from tests.unit.demo.by_hand import SURVEY_STARTS_AT, moment, read_csv
from tests.unit.demo.written import CountedByHand, write_and_read

MONTHS = (0, 1, 2)


def test_the_vendor_bills_41000_and_the_contract_gives_27000(quarter: CountedByHand) -> None:
    invoiced = sum(len(quarter.invoice(month)) for month in quarter.facts.months)
    recounted = sum(quarter.final(month).recounted_count for month in quarter.facts.months)
    assert (invoiced, recounted) == (41_000, 27_000)
    assert (quarter.facts.invoiced_count, quarter.facts.recounted_count) == (41_000, 27_000)


def test_the_quarter_is_overcharged_by_70000_and_the_year_by_280000(quarter: CountedByHand) -> None:
    lines = [line for month in quarter.facts.months for line in quarter.invoice(month)]
    invoiced = sum(Decimal(line["amount"]) for line in lines)
    assert invoiced - 27_000 * Decimal("5.00") == Decimal("70000.00")
    assert quarter.facts.amount_variance * 4 == Decimal("280000.00")


@pytest.mark.parametrize("number", MONTHS)
def test_each_final_statement_has_the_claimed_lines(quarter: CountedByHand, number: int) -> None:
    month = quarter.facts.months[number]
    final = quarter.final(month)
    assert dict(final.lines) == month.lines
    assert dict(final.reasons) == month.reasons
    assert final.pending_determinations == 0


@pytest.mark.parametrize("number", MONTHS)
def test_the_parts_of_the_gap_add_up_to_it(quarter: CountedByHand, number: int) -> None:
    month = quarter.facts.months[number]
    assert dict(quarter.final(month).gap) == month.gap
    assert sum(month.gap.values()) == month.invoiced_count - month.recounted_count


def test_every_status_and_every_reason_occurs(quarter: CountedByHand) -> None:
    finals = [quarter.final(month) for month in quarter.facts.months]
    lines = sum((final.lines for final in finals), Counter[str]())
    reasons = sum((final.reasons for final in finals), Counter[str]())
    statuses = (
        "agreed duplicate not_an_outcome not_invoiced out_of_period out_of_scope unknown_subject "
        "unverifiable wrong_price"
    )
    assert sorted(lines) == statuses.split()
    clauses = "counted_before no_handoff not_concluded satisfied stayed_solved"
    assert sorted(reasons) == clauses.split()


@pytest.mark.parametrize("number", MONTHS)
def test_lines_are_pending_shortly_after_the_month(quarter: CountedByHand, number: int) -> None:
    month = quarter.facts.months[number]
    provisional = quarter.at(month, month.provisional_as_of.isoformat())
    assert provisional.lines["pending"] > month.invoiced_count // 5
    assert provisional.lines.total() - provisional.lines["not_invoiced"] == month.invoiced_count


@pytest.mark.parametrize("number", MONTHS)
def test_each_amount_is_one_times_the_price(quarter: CountedByHand, number: int) -> None:
    month = quarter.facts.months[number]
    lines = quarter.invoice(month)
    assert {line["quantity"] for line in lines} == {"1"}
    assert all(line["unit_price"] == line["amount"] for line in lines)
    assert sum(Decimal(line["amount"]) for line in lines) == month.amount_invoiced
    assert all(first["line_id"] < second["line_id"] for first, second in pairwise(lines))


def test_the_contract_is_usable_and_nothing_is_found_in_it(quarter: CountedByHand) -> None:
    contract = reading.read(quarter.facts.contract)
    terms = [terms_of(contract, name) for name in contract.evidence_sources]
    shows = {each.name: source_of(each).shows(each) for each in terms}
    assert sorted(shows) == ["helpdesk", "survey"]
    assert lint(contract, shows) == []


def test_the_survey_holds_only_what_the_contract_says_it_shows(quarter: CountedByHand) -> None:
    contract = yaml.safe_load(quarter.facts.contract.read_text("utf-8"))
    ratings = read_csv(quarter.folder / "survey.csv")
    shows = contract["sources"]["survey"]["shows"]
    assert {rating["event_type"] for rating in ratings} == set(shows)
    assert min(moment(rating["occurred_at"]) for rating in ratings) >= SURVEY_STARTS_AT


def test_an_event_id_occurs_once_and_orders_the_events_of_its_subject(
    quarter: CountedByHand,
) -> None:
    columns = ["subject_id", "occurred_at", "event_id"]
    events = pq.read_table(quarter.folder / "events.parquet", columns=columns)
    assert events.num_rows > 400_000
    assert len(events["event_id"].unique()) == events.num_rows
    assert events.equals(events.sort_by([(column, "ascending") for column in columns]))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_and_read(tmp_path / "first", scale=0.02)
    write_and_read(tmp_path / "second", scale=0.02)
    files = [path.relative_to(first.folder) for path in first.folder.rglob("*") if path.is_file()]
    assert len(files) == 7
    for file in files:
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_or_size_keeps_its_own_facts(tmp_path: Path, seed: int) -> None:
    small = write_and_read(tmp_path, seed=seed, scale=0.02)
    for month in small.facts.months:
        final = small.final(month)
        assert dict(final.lines) == month.lines
        assert dict(final.reasons) == month.reasons
        assert dict(final.gap) == month.gap
