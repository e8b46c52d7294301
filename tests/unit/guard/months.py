"""Months to judge: one in which nothing is wrong, one in which nothing happened, and faults."""

import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount.project import EXPECTATIONS

MONEY = pa.decimal128(18, 6)
IDENTITY = {"contract": "acme-fin", "version": 3, "period": "2016-03"}
PARAMETERS: Mapping[str, object] = {"invoice_state": "present", "unverifiable_policy": "query"}

CONTROL_TOTALS: Mapping[str, int] = {
    "landed_record_count": 520,
    "parsed_record_count": 520,
    "event_staged_count": 480,
    "event_unobserved_count": 7,
    "event_observed_count": 473,
    "event_type_not_shown_count": 0,
    "event_type_cut_short_count": 0,
    "required_event_type_absent_count": 0,
    "subject_invoiced_count": 38,
    "subject_known_count": 38,
    "subject_concluded_by_unknown_count": 0,
    "subject_lacking_scope_attribute_count": 0,
    "subject_contradicted_count": 0,
    "candidate_count": 45,
    "candidate_without_period_count": 0,
    "candidate_concluded_before_opened_count": 0,
    "clause_verdict_expected_count": 90,
    "clause_verdict_count": 90,
    "line_staged_count": 40,
    "line_billed_count": 40,
    "line_deducted_count": 0,
    "credit_staged_count": 2,
    "credit_unclear_count": 0,
    "credit_void_count": 2,
    "credit_of_another_invoice_count": 0,
    "line_lost_count": 0,
    "line_placed_twice_count": 0,
    "line_without_status_count": 0,
    "line_of_unknown_type_count": 0,
    "line_unattributed_count": 0,
    "line_wrong_product_count": 0,
    "line_before_milestone_count": 0,
    "line_dated_count": 38,
    "line_concluded_elsewhere_count": 0,
    "determination_without_value_count": 0,
    "line_without_value_count": 0,
    "subject_claimed_count": 0,
    "determination_count": 41,
    "determination_lost_count": 0,
    "determination_placed_twice_count": 0,
    "line_placed_count": 40,
}
NAMES = ("claims", "event_types_not_shown", "event_types_cut_short", "required_event_types_absent")
STATEMENT: Mapping[str, Any] = {
    "line_count": 40,
    "invoiced_count": 38,
    "recounted_count": 30,
    "over_invoiced_count": 9,
    "unverifiable_count": 0,
    "amount_invoiced": Decimal("537.62"),
    "amount_contested": Decimal("8.91"),
    "amount_above_terms": Decimal("0"),
}
KINDS = ("outcome", "line_kind", "match_status", "reason", "gap_part", "line_count")
LINE_TOTALS = [
    ("platform_fee", "fee", None, None, None, 1),
    ("resolution", "outcome", "agreed", None, None, 29),
    ("resolution", "outcome", "duplicate", None, "data", 2),
    ("resolution", "outcome", "not_an_outcome", "satisfied", "definition", 7),
    ("resolution", "recount", "not_invoiced", None, "not_invoiced", 1),
    ("resolution", "recount", None, None, "unattributed", 1),
]
MANIFESTS = [
    {"source": "helpdesk", "stream": "events", "record_count": 480, "parsed_count": 480},
    {"source": "invoice", "stream": "lines", "record_count": 40, "parsed_count": 40},
    {"source": "invoice", "stream": "credits", "record_count": 2, "parsed_count": 2},
]


def month(**changed: Any) -> dict[str, pa.Table]:
    """A month without a fault, or with numbers of the one-row tables changed."""
    money = {"amount_staged": "537.62", "amount_placed": "537.62", "amount_deducted": "0",
             "amount_of_other_invoices": "0"}  # fmt: skip
    totals = {**CONTROL_TOTALS, **dict.fromkeys(NAMES), **money}
    known = set(totals) | set(STATEMENT)
    assert set(changed) <= known, set(changed) - known
    return {
        "control_totals": control_totals({k: changed.get(k, v) for k, v in totals.items()}),
        "statements": pa.table({
            name: pa.array([value], MONEY if isinstance(value, Decimal) else None)
            for name, value in {
                **IDENTITY, **{k: changed.get(k, v) for k, v in STATEMENT.items()}
            }.items()
        }),
        "line_totals": line_totals(LINE_TOTALS),
        "manifests": manifests(MANIFESTS),
    }  # fmt: skip


def control_totals(counts: Mapping[str, Any]) -> pa.Table:
    """The mart of one row, with its types: a count can be null here, so that faults can be told."""
    columns = {name: pa.array([value]) for name, value in IDENTITY.items()}
    for name, value in counts.items():
        exact = name.startswith("amount_") and value is not None
        kind = MONEY if name.startswith("amount_") else pa.int64()
        kind = pa.string() if name in NAMES else kind
        columns[name] = pa.array([Decimal(value) if exact else value], kind)
    return pa.table(columns)


def line_totals(rows: list[tuple[Any, ...]]) -> pa.Table:
    """The mart `line_totals` of these rows."""
    types = [pa.string()] * 5 + [pa.int64()]
    columns = zip(*rows, strict=True) if rows else [[]] * 6
    return pa.table({
        name: pa.array(list(values), kind)
        for name, values, kind in zip(KINDS, columns, types, strict=True)
    })  # fmt: skip


def manifests(rows: list[dict[str, Any]]) -> pa.Table:
    """The mart `manifests` of these rows; a control total that the source lacks is null."""
    schema = pa.schema({
        "source": pa.string(), "stream": pa.string(), "record_count": pa.int64(),
        "parsed_count": pa.int64(), "control_total": pa.string(), "control_total_kind": pa.string(),
    })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema)


def empty_month() -> dict[str, pa.Table]:
    """A month in which nothing happened and the invoice has no line."""
    nothing = dict.fromkeys(CONTROL_TOTALS, 0) | {"amount_staged": "0", "amount_placed": "0"}
    figures = {
        name: Decimal(0) if isinstance(value, Decimal) else 0 for name, value in STATEMENT.items()
    }
    return month(**nothing, **figures) | {
        "line_totals": line_totals([]),
        "manifests": manifests(
            [{**row, "record_count": 0, "parsed_count": 0} for row in MANIFESTS]
        ),
    }


def written(folder: Path, *texts: str, table: str = "control_totals") -> Path:
    """Write expectations of one table, and one that is always met for each other table."""
    for name in ("run", "manifests", "control_totals", "line_totals", "statements"):
        lines = texts if name == table else [entry(rule=f"{name}_there", min_value=0)]
        (folder / f"{name}.yml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def only(folder: Path, table: str) -> Path:
    """Write the product's expectations of one table, and one that is always met for the others."""
    written(folder, "", table=table)
    shutil.copyfile(EXPECTATIONS / f"{table}.yml", folder / f"{table}.yml")
    return folder


def entry(**changed: Any) -> str:
    """One expectation as YAML; `None` leaves a key out."""
    keys = {
        "expect": "table_row_count_to_be_between",
        "rule": "something",
        "severity": "note",
        "hop": "land",
        "because": "it matters",
        "observed": "nothing",
    } | changed
    said = [f"{key}: {value}" for key, value in keys.items() if value is not None]
    return "- " + "\n  ".join(said)
