-- One row per line of a credit that takes back something of the period's invoice, as a line of that
-- invoice: negative, or positive again where a credit was taken back. An invoice's own deductions
-- stand among its lines, those of credit notes after them.
with deductions as (

    select
        *,
        case when effect = 'charged' then 1 else -1 end as sign
    from {{ ref('int_credits') }}
    where credit_status in ('deducted', 'unclear')

),

lasts as (

    select
        contract_key,
        max(line_number) as line_number
    from {{ ref('stg_invoice__lines') }}
    group by contract_key

),

owns as (

    select
        contract_key,
        max(line_number) as line_number
    from deductions
    where document_type = 'invoice'
    group by contract_key

)

select
    deductions.contract_key,
    deductions.source,
    coalesce(deductions.credited_invoice_id, deductions.credit_note_id) as invoice_id,
    case
        when deductions.document_type = 'invoice' then deductions.line_id
        else deductions.credit_note_id || '/' || deductions.line_id
    end as line_id,
    case
        when deductions.document_type = 'invoice' then deductions.line_number
        else
            greatest(coalesce(lasts.line_number, 0), coalesce(owns.line_number, 0))
            + row_number() over (
                partition by deductions.contract_key, deductions.document_type
                order by
                    deductions.issued_on, deductions.credit_note_id, deductions.line_number,
                    deductions.line_id
            )
    end as line_number,
    deductions.subject_id,
    deductions.outcome,
    deductions.sign * coalesce(deductions.quantity, 0) as quantity,
    deductions.sign * deductions.amount as amount,
    deductions.currency_code,
    deductions.credit_status,
    deductions.sign < 0 as is_taken_back
from deductions
left join lasts
    on deductions.contract_key = lasts.contract_key
left join owns
    on deductions.contract_key = owns.contract_key
