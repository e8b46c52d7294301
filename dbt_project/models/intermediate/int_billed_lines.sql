-- One row per line of the period's invoice, and per line that takes something of it back: what an
-- invoice bills is both together. A subject that is named by another of its ids is named by the one
-- of the log.
with claims as (

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
        purchase_order,
        cast(null as varchar(20)) as credit_status,
        false as is_taken_back
    from {{ ref('stg_invoice__lines') }}
    union all
    select
        contract_key,
        source,
        invoice_id,
        line_id,
        line_number,
        subject_id,
        outcome,
        null as concluded_at,
        quantity,
        null as unit_price,
        amount,
        currency_code,
        null as issued_on,
        null as due_on,
        null as purchase_order,
        credit_status,
        is_taken_back
    from {{ ref('int_deductions') }}

)

select
    claims.contract_key,
    claims.source,
    claims.invoice_id,
    claims.line_id,
    claims.line_number,
    coalesce(aliases.subject_id, claims.subject_id) as subject_id,
    claims.outcome,
    claims.concluded_at,
    claims.quantity,
    claims.unit_price,
    claims.amount,
    claims.currency_code,
    claims.issued_on,
    claims.due_on,
    claims.purchase_order,
    claims.credit_status,
    claims.is_taken_back
from claims
left join {{ ref('int_subject_aliases') }} as aliases
    on
        claims.contract_key = aliases.contract_key
        and claims.subject_id = aliases.alias_id
