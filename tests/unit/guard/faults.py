"""One month per expectation in which exactly that fault is planted."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tests.unit.guard import months
from tests.unit.guard.months import LINE_TOTALS, MANIFESTS, line_totals, manifests

Tables = dict[str, pa.Table]


def _counts(**changed: Any) -> tuple[Tables, Mapping[str, object]]:
    return months.month(**changed), {}


def _facts(**facts: object) -> tuple[Tables, Mapping[str, object]]:
    return months.month(), facts


def _landed(source: int, **changed: Any) -> tuple[Tables, Mapping[str, object]]:
    rows = [{**row, **changed} if n == source else row for n, row in enumerate(MANIFESTS)]
    return months.month() | {"manifests": manifests(rows)}, {}


def _lines(*row: Any) -> tuple[Tables, Mapping[str, object]]:
    return months.month() | {"line_totals": line_totals([*LINE_TOTALS, row])}, {}


_EMPTY_INVOICE = months.month(
    line_staged_count=0, line_billed_count=0, line_placed_count=0, line_count=0,
    credit_staged_count=0, credit_void_count=0,
) | {
    "manifests": manifests([MANIFESTS[0], {**MANIFESTS[1], "record_count": 0, "parsed_count": 0}])
}  # fmt: skip
FAULTS: Mapping[str, tuple[Tables, Mapping[str, object]]] = {
    "invoice_missing": _facts(invoice_state="missing"),
    "invoice_not_configured": _facts(invoice_state="none"),
    "invoice_file_of_another_period": _facts(periods_of_same_file=["2016-02"]),
    "invoice_number_seen_before": _facts(periods_of_same_invoice=["2016-02"]),
    "earlier_month_open": _facts(open_earlier_months=["2016-02"]),
    "subject_confusable": _facts(confusable_line_numbers=[3, 17]),
    "manifest_missing": (months.month() | {"manifests": manifests([])}, {}),
    "record_unread": _landed(0, parsed_count=479),
    "control_total_differs": _landed(0, control_total="500", control_total_kind="exact"),
    "control_total_approximate": _landed(0, control_total="500", control_total_kind="approximate"),
    "control_total_of_unknown_kind": _landed(0, control_total="480", control_total_kind="rough"),
    "line_unstaged": _landed(1, record_count=41, parsed_count=41),
    "credit_unstaged": _landed(2, record_count=3, parsed_count=3),
    "event_lost": _counts(event_observed_count=472),
    "event_type_cut_short": _counts(event_type_cut_short_count=1),
    "required_event_absent": _counts(required_event_type_absent_count=1),
    "event_type_not_shown": _counts(event_type_not_shown_count=1),
    "nothing_concluded": _counts(subject_invoiced_count=10, determination_count=0),
    "no_subject_known": _counts(subject_invoiced_count=10, subject_known_count=0),
    "concluded_by_unknown": _counts(subject_concluded_by_unknown_count=1),
    "scope_attribute_missing": _counts(subject_lacking_scope_attribute_count=1),
    "subject_contradicted": _counts(subject_contradicted_count=1),
    "candidate_without_period": _counts(candidate_without_period_count=1),
    "clause_verdict_missing": _counts(clause_verdict_count=89),
    "concluded_before_opened": _counts(candidate_concluded_before_opened_count=1),
    "line_lost": _counts(line_lost_count=1),
    "line_placed_twice": _counts(line_placed_twice_count=1),
    "line_without_status": _counts(line_without_status_count=1),
    "line_count_differs": _counts(line_placed_count=39),
    "amount_differs": _counts(amount_placed="537.619999"),
    "line_type_unknown": _counts(line_of_unknown_type_count=1),
    "credit_unclear": _counts(credit_unclear_count=1),
    "deduction_lost": _counts(line_billed_count=39),
    "credit_lost": _counts(credit_void_count=1),
    "invoice_deducted": _counts(line_deducted_count=1, line_billed_count=39, credit_void_count=1),
    "credit_of_another_invoice": _counts(credit_of_another_invoice_count=1, credit_void_count=1),
    "line_unattributed": _counts(line_unattributed_count=1),
    "line_product_differs": _counts(line_wrong_product_count=1),
    "billed_before_milestone": _counts(line_before_milestone_count=1),
    "line_of_another_period": _counts(line_concluded_elsewhere_count=1),
    "determination_lost": _counts(determination_lost_count=1),
    "determination_placed_twice": _counts(determination_placed_twice_count=1),
    "value_missing": _counts(determination_without_value_count=1),
    "total_without_subjects": _counts(line_without_value_count=1),
    "vendor_claims": _counts(subject_claimed_count=1),
    "line_kind_unknown": _lines("resolution", "refund", None, None, None, 1),
    "match_status_unknown": _lines("resolution", "outcome", "disliked", None, None, 1),
    "reason_missing": _lines("resolution", "outcome", "not_an_outcome", None, "data", 1),
    "gap_part_unknown": _lines("resolution", "outcome", "agreed", None, "luck", 1),
    "usage_by_the_vendor": _lines("seats", "usage", None, None, None, 1),
    "price_differs": _lines("resolution", "outcome", "wrong_price", None, None, 1),
    "statement_line_count_differs": _counts(line_count=39),
    "over_invoiced_above_invoiced": _counts(over_invoiced_count=39),
    "contested_above_invoiced": _counts(amount_contested=Decimal("537.63")),
    "billed_above_terms": _counts(amount_above_terms=Decimal("0.01")),
    "invoice_empty": (_EMPTY_INVOICE, {}),
    "line_unverifiable": _counts(unverifiable_count=1),
}
# A whole invoice of another period is also lines of another period: this fault cannot come alone.
FAULTS_IN_COMPANY = {
    ("invoice_of_another_period", "line_of_another_period"): _counts(
        line_dated_count=10, line_concluded_elsewhere_count=10
    ),
}
