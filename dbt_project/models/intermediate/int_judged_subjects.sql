-- One row per subject that the statement is about: it is invoiced, or it may have a candidate in the
-- period. All its candidates are judged, in whichever month; nobody else's are.
with concluded_in_period as (

    select
        concluding.contract_key,
        concluding.subject_id
    from {{ ref('int_concluding_events') }} as concluding
    inner join {{ source('terms', 'definitions') }} as definitions
        on concluding.definition_key = definitions.definition_key
    inner join {{ source('terms', 'runs') }} as runs
        on concluding.contract_key = runs.contract_key
    where
        concluding.concluded_at < runs.period_ends_at
        -- what matures in the period may have been concluded long before
        and (concluding.concluded_at >= runs.period_starts_at or definitions.counts_in = 'matured')

)

select
    contract_key,
    subject_id
from concluded_in_period
union
select
    contract_key,
    subject_id
from {{ ref('int_invoice_lines') }}
where subject_id is not null
