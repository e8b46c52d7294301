-- One row per line of the period's invoice, and what kind of line it is. A line that names an
-- outcome and no subject can be reconciled in total only: it is unattributed.
with lines as (

    {{ canonical_invoice_lines([
        ref('stg_fin_csv__invoice_lines'),
        ref('stg_recount_csv__invoice_lines'),
    ]) }}

),

-- an invoice may name a subject by another of its ids
named as (

    select
        lines.contract_key,
        lines.source,
        lines.invoice_id,
        lines.line_id,
        lines.line_number,
        coalesce(aliases.subject_id, lines.subject_id) as subject_id,
        lines.outcome,
        lines.concluded_at,
        lines.quantity,
        lines.unit_price,
        lines.amount,
        lines.currency_code,
        lines.issued_on,
        lines.due_on,
        lines.purchase_order
    from lines
    left join {{ ref('int_subject_aliases') }} as aliases
        on
            lines.contract_key = aliases.contract_key
            and lines.subject_id = aliases.alias_id

),

outcomes as (

    select * from {{ source('terms', 'definitions') }}
    where counted_by = 'buyer'

),

kinds as (

    select
        named.*,
        outcomes.definition_key,
        case
            when outcomes.outcome is not null and named.subject_id is not null then 'outcome'
            when outcomes.outcome is not null then 'unattributed'
            when named.outcome = 'platform_fee' then 'fee'
            else 'unknown'
        end as line_kind
    from named
    left join outcomes
        on
            named.contract_key = outcomes.contract_key
            and named.outcome = outcomes.outcome

),

numbered as (

    select
        *,
        row_number() over (
            partition by contract_key, outcome, subject_id order by line_number
        ) as line_number_of_subject
    from kinds

)

select
    *,
    -- only the first line of an outcome and subject may meet its determination
    case when line_kind = 'outcome' and line_number_of_subject = 1 then subject_id end
        as matching_subject_id
from numbered
