-- One row per subject that the statement is about: it is invoiced, or it may have a candidate in
-- the period. All its candidates are judged, in whichever month; nobody else's are.
with events as (

    select * from {{ ref('int_events') }}

),

concluding as (

    select distinct
        definitions.contract_key,
        patterns.event_type,
        case
            -- what matures in the period may have been concluded long before
            when definitions.counts_in = 'concluded' then runs.period_starts_at
        end as concluded_from,
        runs.period_ends_at as concluded_until
    from {{ source('terms', 'concluding_patterns') }} as patterns
    inner join {{ source('terms', 'definitions') }} as definitions
        on patterns.definition_key = definitions.definition_key
    inner join {{ source('terms', 'runs') }} as runs
        on definitions.contract_key = runs.contract_key

),

judged as (

    select distinct
        events.contract_key,
        events.subject_id
    from events
    inner join concluding
        on
            events.contract_key = concluding.contract_key
            and events.event_type = concluding.event_type
    where
        events.occurred_at >= coalesce(concluding.concluded_from, events.occurred_at)
        and events.occurred_at < concluding.concluded_until
    union
    select
        contract_key,
        subject_id
    from {{ ref('int_invoice_lines') }}
    where subject_id is not null

)

select
    -- a number instead of two texts: what follows joins on it again and again
    row_number() over (order by contract_key) as subject_key,
    contract_key,
    subject_id
from judged
