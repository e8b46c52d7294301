-- One row per line of the invoice, and one per determination of the period that no line claims:
-- nothing vanishes between the two sides. Only the first line of a subject meets its determination.
with lines as (

    select * from {{ ref('int_invoice_lines') }}

),

determinations as (

    select * from {{ ref('int_determinations') }}
    where counted_by = 'buyer'

)

select
    coalesce(lines.contract_key, determinations.contract_key) as contract_key,
    coalesce(lines.outcome, determinations.outcome) as outcome,
    coalesce(lines.subject_id, determinations.subject_id) as subject_id,
    coalesce(lines.line_kind, 'recount') as line_kind,
    lines.source,
    lines.invoice_id,
    lines.line_id,
    lines.line_number,
    lines.line_number_of_subject,
    lines.concluded_at as concluded_at_invoiced,
    lines.quantity,
    lines.unit_price,
    lines.amount,
    determinations.verdict,
    determinations.reason as determination_reason,
    determinations.candidate_key,
    determinations.candidate_event_id,
    determinations.concluded_at
from lines
full outer join determinations
    on
        lines.contract_key = determinations.contract_key
        and lines.outcome = determinations.outcome
        and lines.matching_subject_id = determinations.subject_id
