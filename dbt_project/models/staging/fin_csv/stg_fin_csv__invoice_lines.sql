-- One row per line of a list of Fin's outcomes that is billed.
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
from {{ source('landed', 'fin_csv__lines') }}
