-- One row per line of a credit: what an invoice of the period takes off itself, or a line of a
-- credit note for whichever invoice.
select
    contract_key,
    source,
    credit_note_id,
    document_type,
    line_id,
    line_number,
    credited_invoice_id,
    credited_line_id,
    outcome,
    subject_id,
    effect,
    quantity,
    amount,
    currency_code,
    issued_on,
    reason
from {{ source('landed', 'invoice__credits') }}
