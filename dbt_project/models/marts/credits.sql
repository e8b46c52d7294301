-- One row per line of a credit: what it takes back, of which invoice, and whether this statement is
-- about what is left after it.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    credits.credit_note_id,
    credits.line_id,
    credits.line_number,
    credits.document_type,
    credits.credited_invoice_id,
    credits.credited_line_id,
    credits.credit_status,
    credits.effect,
    credits.outcome,
    credits.subject_id,
    cast(credits.quantity as decimal(18, 6)) as quantity,
    cast(credits.amount as decimal(18, 6)) as amount,
    credits.currency_code,
    credits.issued_on,
    credits.reason
from {{ ref('int_credits') }} as credits
inner join {{ ref('int_runs') }} as runs
    on credits.contract_key = runs.contract_key
