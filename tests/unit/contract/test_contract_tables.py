"""The tables that contracts become: every term is a row, exact and typed."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.contract.table_types import SCHEMAS
from recount.contract.tables import terms_tables
from recount.contract.vocabulary import ACTOR_TYPES
from tests.unit.contract.acme import ACME, acme_with, contract_of


def rows_of(folder: Path, table: str, *texts: str) -> list[dict[str, Any]]:
    """Return the rows of a table of one or more contracts."""
    contracts = [contract_of(folder, text) for text in texts or (ACME,)]
    rows: list[dict[str, Any]] = terms_tables(contracts)[table].to_pylist()
    return rows


def test_every_table_has_its_exact_types_even_without_a_contract() -> None:
    tables = terms_tables([])

    assert {name: table.schema for name, table in tables.items()} == SCHEMAS
    assert all(table.num_rows == 0 for table in tables.values())
    assert sorted(tables) == [
        "actors", "clause_patterns", "clauses", "concluding_patterns", "contracts", "definitions",
        "milestones", "performance_terms", "price_bands", "price_nets", "price_terms",
        "scope_terms",
    ]  # fmt: skip


def test_a_contract_is_one_row_with_its_money_exact(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "contracts")

    assert row["platform_fee"] == Decimal("500.000000")
    assert (row["monthly_floor"], row["monthly_cap"]) == (Decimal(0), Decimal(15000))
    assert (row["tolerance_percent"], row["tolerance_of"]) == (Decimal(2), "invoiced")
    assert (row["unverifiable_policy"], row["has_reclassify"], row["has_set_off"]) == (
        "query",
        True,
        False,
    )


@pytest.mark.parametrize(("code", "units"), [("USD", 100), ("JPY", 1), ("KWD", 1000)])
def test_the_currency_says_how_small_its_smallest_unit_is(
    tmp_path: Path, code: str, units: int
) -> None:
    (row,) = rows_of(tmp_path, "contracts", acme_with("USD", code))

    assert (row["currency_code"], row["minor_units"]) == (code, units)


def test_a_fee_that_is_left_out_is_zero_and_a_cap_that_is_left_out_is_null(tmp_path: Path) -> None:
    text = acme_with('  platform_fee: "500.00"\n', "", (', cap: "15000.00"', ""))
    (row,) = rows_of(tmp_path, "contracts", text)

    assert (row["platform_fee"], row["monthly_cap"]) == (Decimal(0), None)


def test_keys_go_through_all_contracts_and_the_vendors_definition_follows_the_buyers(
    tmp_path: Path,
) -> None:
    definitions = rows_of(tmp_path, "definitions", ACME, ACME)
    clauses = rows_of(tmp_path, "clauses", ACME, ACME)

    assert [(row["contract_key"], row["counted_by"]) for row in definitions] == [
        (0, "buyer"),
        (0, "vendor"),
        (1, "buyer"),
        (1, "vendor"),
    ]
    assert [row["definition_key"] for row in definitions] == [0, 1, 2, 3]
    assert [row["clause_key"] for row in clauses] == list(range(8))
    assert [row["definition_key"] for row in clauses] == [0, 0, 0, 1, 2, 2, 2, 3]


def test_clauses_stand_in_file_order_with_their_windows_in_microseconds(tmp_path: Path) -> None:
    clauses = rows_of(tmp_path, "clauses")[:3]
    windows = [(row["clause_number"], row["window_kind"], row["window_us"]) for row in clauses]

    assert windows == [
        (1, "until_concluded", None),
        (2, "within", 14 * 86_400_000_000),
        (3, "within", 14 * 86_400_000_000),
    ]
    assert [row["pick"] for row in clauses] == ["any", "any", "last"]
    assert clauses[2]["at_least"] == Decimal("4.0000")
    assert [row["if_missing"] for row in clauses] == [None, None, "not_met"]


def test_a_pattern_is_every_event_with_every_actor_and_all_of_them_where_it_names_none(
    tmp_path: Path,
) -> None:
    text = acme_with("by: human_agent, until", "by: [human_agent, unknown], until")
    patterns = rows_of(tmp_path, "clause_patterns", text)
    pairs = [(row["event_type"], row["actor_type"]) for row in patterns if row["clause_key"] < 2]

    assert pairs[:2] == [("replied", "human_agent"), ("replied", "unknown")]
    assert len(pairs) == 3 * 2 + 2 * 5
    assert {actor for event, actor in pairs if event == "reopened"} == set(ACTOR_TYPES)


def test_the_concluding_event_is_a_pattern_of_its_definition(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "concluding_patterns") == [
        {"definition_key": 0, "event_type": "solved", "actor_type": "ai_agent"},
        *(
            {"definition_key": 1, "event_type": "solved", "actor_type": actor_type}
            for actor_type in ACTOR_TYPES
        ),
    ]


def test_scope_terms_are_texts_and_further_attributes_keep_their_names(tmp_path: Path) -> None:
    scope = "{queue: billing, is_test: false, attributes: {form: [C-10, C-11]}}"
    rows = rows_of(tmp_path, "scope_terms", acme_with("{queue: [billing, orders]}", scope))

    assert [(row["attribute"], row["accepted_value"]) for row in rows] == [
        ("queue", "billing"),
        ("is_test", "false"),
        ("form", "C-10"),
        ("form", "C-11"),
    ]


def test_an_actors_days_begin_at_midnight_in_the_contracts_zone(tmp_path: Path) -> None:
    days = "from: 2026-01-01, until: 2026-07-01"
    rows = rows_of(tmp_path, "actors", acme_with("from: 2026-01-01", days))

    assert rows[0]["valid_from"] is None
    assert rows[1]["valid_from"] == datetime(2025, 12, 31, 23)  # Berlin in winter
    assert rows[1]["valid_until"] == datetime(2026, 6, 30, 22)  # and in summer


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_the_first_and_last_writable_days_are_instants_in_any_zone(
    tmp_path: Path, zone: str
) -> None:
    days = ("from: 2026-01-01", "from: 1900-01-01, until: 9999-12-31")
    rows = rows_of(tmp_path, "actors", acme_with("Europe/Berlin", zone, days))

    assert rows[1]["valid_from"] < rows[1]["valid_until"]
