"""The columns of the tables that contracts become: the contract's half of the SQL interface."""

import pyarrow as pa

_CONTRACT = ("contract_key", pa.int32())
_DEFINITION = ("definition_key", pa.int32())
_CLAUSE = ("clause_key", pa.int32())
_PRICE = ("price_key", pa.int32())
_SHARE = pa.decimal128(12, 8)
_WORD, _MONEY, _VALUE = pa.string(), pa.decimal128(18, 6), pa.decimal128(18, 4)
_FLAG, _INSTANT, _MICROSECONDS = pa.bool_(), pa.timestamp("us"), pa.int64()

# What may be null, by table; every other column never is.
_NULLABLE = {
    "contracts": {"monthly_floor", "monthly_cap", "annual_left", "credits_available"},
    "definitions": {"counts_from"},
    "clauses": {"window_us", "at_least", "at_most", "unit", "if_missing"},
    "actors": {"valid_from", "valid_until"},
    "price_terms": {"tier", "share", "net_within_us", "agreed_quantity", "credits_each"},
    "price_bands": {"quantity_to"},
    "performance_terms": {
        "at_least",
        "amount_paid",
        "share_credited",
        "baseline",
        "baseline_share",
        "price_each",
    },
}

_COLUMNS = {
    "contracts": [
        _CONTRACT,
        ("contract", _WORD),
        ("version", pa.int32()),
        ("currency_code", _WORD),
        ("minor_units", pa.int32()),
        ("platform_fee", _MONEY),
        ("monthly_floor", _MONEY),
        ("monthly_cap", _MONEY),
        ("annual_left", _MONEY),
        ("credits_available", _MONEY),
        ("amount_of_credits_bought", _MONEY),
        ("tolerance_percent", _MONEY),
        ("tolerance_of", _WORD),
        ("tolerance_measure", _WORD),
        ("unverifiable_policy", _WORD),
        ("has_reclassify", _FLAG),
        ("has_set_off", _FLAG),
    ],
    "definitions": [
        _CONTRACT,
        _DEFINITION,
        ("outcome", _WORD),
        ("counted_by", _WORD),
        ("says", _WORD),
        ("subject_type", _WORD),
        ("count_once_per", _WORD),
        ("counts_in", _WORD),
        ("counts_from", _INSTANT),
    ],
    "concluding_patterns": [_DEFINITION, ("event_type", _WORD), ("actor_type", _WORD)],
    "scope_terms": [
        _CONTRACT,
        ("outcome", _WORD),
        ("attribute", _WORD),
        ("accepted_value", _WORD),
    ],
    "clauses": [
        _DEFINITION,
        _CLAUSE,
        ("clause_number", pa.int32()),
        ("clause", _WORD),
        ("verb", _WORD),
        ("pick", _WORD),
        ("link", _WORD),
        ("window_kind", _WORD),
        ("window_us", _MICROSECONDS),
        ("at_least", _VALUE),
        ("at_most", _VALUE),
        ("unit", _WORD),
        ("if_missing", _WORD),
    ],
    "clause_patterns": [_CLAUSE, ("event_type", _WORD), ("actor_type", _WORD)],
    "actors": [
        _CONTRACT,
        ("actor_id", _WORD),
        ("actor_type", _WORD),
        ("valid_from", _INSTANT),
        ("valid_until", _INSTANT),
    ],
    "price_terms": [
        _CONTRACT,
        _PRICE,
        ("line_type", _WORD),
        ("measured_by", _WORD),
        ("tier", _WORD),
        ("needs_subject", _FLAG),
        ("price_model", _WORD),
        ("share", _SHARE),
        ("net_within_us", _MICROSECONDS),
        ("agreed_quantity", _MONEY),
        ("credits_each", _MONEY),
    ],
    "price_bands": [
        _CONTRACT,
        _PRICE,
        ("band_number", pa.int32()),
        ("quantity_from", _MONEY),
        ("quantity_to", _MONEY),
        ("price_each", _MONEY),
    ],
    "performance_terms": [
        _CONTRACT,
        ("term", _WORD),
        ("outcome", _WORD),
        ("per", _WORD),
        ("at_least", _MONEY),
        ("amount_paid", _MONEY),
        ("share_credited", _SHARE),
        ("baseline", _WORD),
        ("baseline_share", _SHARE),
        ("price_each", _MONEY),
    ],
    "milestones": [
        _CONTRACT,
        ("milestone", _WORD),
        ("line_type", _WORD),
        ("counts_from", _INSTANT),
    ],
    "price_nets": [_CONTRACT, _PRICE, ("event_type", _WORD)],
}

SCHEMAS = {
    table: pa.schema(
        pa.field(name, kind, nullable=name in _NULLABLE.get(table, ())) for name, kind in columns
    )
    for table, columns in _COLUMNS.items()
}
