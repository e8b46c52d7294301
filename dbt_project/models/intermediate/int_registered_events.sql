-- One row per record of an event, with the type that the contract's registry gives its actor at that
-- instant, and whether it exists for the run: before its type's observed_until.
with events as (

    {{ canonical_events([
        ref('stg_event_log__events'),
        ref('stg_servicenow_export__events'),
    ]) }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

actors as (

    select * from {{ source('terms', 'actors') }}

)

select
    events.contract_key,
    events.source,
    events.event_id,
    events.subject_id,
    events.subject_type,
    events.event_type,
    events.occurred_at,
    coalesce(actors.actor_type, events.actor_type) as actor_type,
    events.value,
    events.unit,
    coalesce(events.occurred_at < coverage.observed_until, false) as is_observed
from events
left join coverage
    on
        events.contract_key = coverage.contract_key
        and events.event_type = coverage.event_type
left join actors
    on
        events.contract_key = actors.contract_key
        and events.actor_id = actors.actor_id
        and events.occurred_at >= coalesce(actors.valid_from, events.occurred_at)
        and (actors.valid_until is null or events.occurred_at < actors.valid_until)
