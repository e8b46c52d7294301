-- One row per invoice of the period: what finance needs to find it and to pay it in time.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    lines.invoice_id,
    min(lines.issued_on) as issued_on,
    min(lines.due_on) as due_on,
    min(lines.purchase_order) as purchase_order,
    count(*) as line_count,
    cast(sum(lines.amount) as decimal(18, 6)) as amount_invoiced
from {{ ref('int_invoice_lines') }} as lines
inner join {{ ref('int_runs') }} as runs
    on lines.contract_key = runs.contract_key
group by runs.contract, runs.version, runs.period, runs.as_of, lines.invoice_id
