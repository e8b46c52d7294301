-- One row per definition and event of a judged subject that concludes by its pattern, or that would
-- if its actor were known: what an unknown actor concluded counts for nobody, and is looked at by
-- the guard.
with events as (

    select * from {{ ref('int_events') }}

),

patterns as (

    select
        patterns.definition_key,
        patterns.event_type,
        patterns.actor_type,
        definitions.contract_key
    from {{ source('terms', 'concluding_patterns') }} as patterns
    inner join {{ source('terms', 'definitions') }} as definitions
        on patterns.definition_key = definitions.definition_key

),

fitting as (

    select
        patterns.definition_key,
        events.contract_key,
        events.subject_id,
        events.subject_type,
        events.event_id,
        events.occurred_at as concluded_at,
        coalesce(patterns.actor_type, events.actor_type) <> events.actor_type as is_by_unknown
    from events
    inner join patterns
        on
            events.contract_key = patterns.contract_key
            and events.event_type = patterns.event_type
    inner join {{ ref('int_judged_subjects') }} as judged
        on
            events.contract_key = judged.contract_key
            and events.subject_id = judged.subject_id
    where
        coalesce(patterns.actor_type, events.actor_type) = events.actor_type
        or events.actor_type = 'unknown'

)

-- a record that was delivered twice is one event
select
    definition_key,
    contract_key,
    subject_id,
    subject_type,
    event_id,
    concluded_at,
    min(is_by_unknown) as is_by_unknown
from fitting
group by definition_key, contract_key, subject_id, subject_type, event_id, concluded_at
