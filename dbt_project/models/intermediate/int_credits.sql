-- One row per line of a credit, and what it does to the invoice of the period. A credit note that
-- names a line of it is about that line's subject and outcome.
with credits as (

    select * from {{ ref('stg_invoice__credits') }}

),

lines as (

    select * from {{ ref('stg_invoice__lines') }}

),

invoices as (

    select distinct
        contract_key,
        invoice_id
    from lines

),

-- a credit note may name several invoices, one after the other
named as (

    select
        credits.contract_key,
        credits.credit_note_id,
        credits.line_id,
        max(case when credits.credited_invoice_id = invoices.invoice_id then 1 else 0 end)
            as is_of_one
    from credits
    inner join invoices
        on
            credits.contract_key = invoices.contract_key
            and position(
                ', ' || invoices.invoice_id || ', ' in ', ' || credits.credited_invoice_id || ', '
            ) > 0
    group by credits.contract_key, credits.credit_note_id, credits.line_id

)

select
    credits.contract_key,
    credits.source,
    credits.credit_note_id,
    credits.document_type,
    credits.line_id,
    credits.line_number,
    credits.credited_invoice_id,
    credits.credited_line_id,
    coalesce(lines.outcome, credits.outcome) as outcome,
    coalesce(lines.subject_id, credits.subject_id) as subject_id,
    credits.effect,
    credits.quantity,
    credits.amount,
    credits.currency_code,
    credits.issued_on,
    credits.reason,
    case
        when credits.effect = 'void' then 'void'
        when credits.document_type = 'invoice' or named.is_of_one = 1 then 'deducted'
        when named.is_of_one = 0 or credits.credited_invoice_id is null then 'unclear'
        else 'of_another_invoice'
    end as credit_status
from credits
left join named
    on
        credits.contract_key = named.contract_key
        and credits.credit_note_id = named.credit_note_id
        and credits.line_id = named.line_id
left join lines
    on
        credits.contract_key = lines.contract_key
        and credits.credited_invoice_id = lines.invoice_id
        and credits.credited_line_id = lines.line_id
