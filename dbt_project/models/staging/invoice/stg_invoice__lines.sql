-- One row per line that an invoice of the period bills, whichever format it came in.
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
from {{ source('landed', 'invoice__lines') }}
