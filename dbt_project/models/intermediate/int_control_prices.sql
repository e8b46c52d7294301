-- One row per contract: what has a price and cannot be charged, since nobody knows its value, or of
-- which tier it is.
with by_subject as (

    -- of what is billed in total only, nobody knows the values or tiers
    select distinct
        contract_key,
        line_type
    from {{ source('terms', 'price_terms') }}
    where needs_subject

),

lines as (

    select
        lines.contract_key,
        count(*) as line_count
    from {{ ref('int_invoice_lines') }} as lines
    inner join by_subject
        on
            lines.contract_key = by_subject.contract_key
            and lines.outcome = by_subject.line_type
    where lines.line_kind = 'unattributed'
    group by lines.contract_key

),

determinations as (

    select
        contract_key,
        count(*) as determination_count
    from {{ ref('int_priced_determinations') }}
    where
        verdict <> 'not_met'
        and (price_key is null or (price_model = 'percent_of_value' and value is null))
    group by contract_key

)

select
    runs.contract_key,
    coalesce(determinations.determination_count, 0) as determination_without_value_count,
    coalesce(lines.line_count, 0) as line_without_value_count
from {{ source('terms', 'runs') }} as runs
left join determinations
    on runs.contract_key = determinations.contract_key
left join lines
    on runs.contract_key = lines.contract_key
