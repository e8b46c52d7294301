-- One row per line of an invoice in our own CSV format.
select
    contract_key,
    source,
    invoice_id,
    line_id,
    line_number,
    subject_id,
    outcome,
    concluded_at,
    quantity,
    unit_price,
    amount,
    currency_code,
    issued_on,
    due_on,
    purchase_order
from {{ source('landed', 'recount_csv__lines') }}
