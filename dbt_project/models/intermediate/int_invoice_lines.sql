-- One row per line of the period's invoice, its deductions among them, and what kind of line it is.
-- A line that names an outcome and no subject can be reconciled in total only: it is unattributed.
-- A line and what takes it back, at the same amount, bill nothing together: both are reversed.
with outcomes as (

    select * from {{ source('terms', 'definitions') }}
    where counted_by = 'buyer'

),

usage as (

    select
        contract_key,
        line_type,
        measured_by
    from {{ source('terms', 'price_terms') }}
    where measured_by in ('vendor', 'balance')
    union all
    select
        contract_key,
        term as line_type,
        'performance' as measured_by
    from {{ source('terms', 'performance_terms') }}

),

lines as (

    select
        lines.*,
        outcomes.definition_key,
        usage.measured_by,
        row_number() over (
            partition by
                lines.contract_key, lines.outcome, lines.subject_id, abs(lines.amount),
                lines.is_taken_back
            order by lines.line_number desc
        ) as place_from_last,
        sum(case when lines.is_taken_back then 1 else 0 end) over (
            partition by
                lines.contract_key, lines.outcome, lines.subject_id, abs(lines.amount)
        ) as taken_back_count,
        sum(case when lines.is_taken_back then 0 else 1 end) over (
            partition by
                lines.contract_key, lines.outcome, lines.subject_id, abs(lines.amount)
        ) as billed_count,
        count(lines.subject_id) over (
            partition by lines.contract_key, lines.outcome
        ) as subject_count
    from {{ ref('int_billed_lines') }} as lines
    left join outcomes
        on
            lines.contract_key = outcomes.contract_key
            and lines.outcome = outcomes.outcome
    left join usage
        on
            lines.contract_key = usage.contract_key
            and lines.outcome = usage.line_type

),

kinds as (

    select
        *,
        case
            when credit_status = 'unclear' then 'unknown'
            when measured_by = 'vendor' then 'usage'
            when measured_by in ('balance', 'performance') then 'fee'
            when definition_key is null and outcome = 'platform_fee' then 'fee'
            when definition_key is null then 'unknown'
            when
                subject_id is not null
                and place_from_last <= least(taken_back_count, billed_count)
                then 'reversed'
            when not is_taken_back and subject_id is not null then 'outcome'
            when not is_taken_back then 'unattributed'
            when quantity = 0 then 'discount'
            -- nobody knows which of the subjects are meant
            when subject_id is null and subject_count = 0 then 'unattributed'
            else 'unknown'
        end as line_kind
    from lines

),

numbered as (

    select
        *,
        row_number() over (
            partition by contract_key, outcome, subject_id, line_kind order by line_number
        ) as line_number_of_subject
    from kinds

)

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
    credit_status,
    definition_key,
    line_kind,
    line_number_of_subject,
    -- only the first line of an outcome and subject may meet its determination
    case when line_kind = 'outcome' and line_number_of_subject = 1 then subject_id end
        as matching_subject_id
from numbered
