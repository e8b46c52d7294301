-- One row per line of the period's invoice as it is billed, and per line that takes something of it
-- back, with the link group of its subject.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    subjects.link_group,
    lines.line_number,
    lines.invoice_id,
    lines.line_id,
    lines.subject_id,
    lines.outcome,
    lines.concluded_at,
    cast(lines.quantity as decimal(18, 6)) as quantity,
    cast(lines.unit_price as decimal(18, 6)) as unit_price,
    cast(lines.amount as decimal(18, 6)) as amount,
    lines.currency_code,
    lines.is_taken_back,
    coalesce(lines.credit_status = 'unclear', false) as is_unclear,
    lines.issued_on,
    lines.due_on,
    lines.purchase_order
from {{ ref('int_billed_lines') }} as lines
inner join {{ ref('int_runs') }} as runs
    on lines.contract_key = runs.contract_key
left join {{ ref('pack_subjects') }} as subjects
    on
        runs.contract = subjects.contract
        and lines.subject_id = subjects.subject_id
