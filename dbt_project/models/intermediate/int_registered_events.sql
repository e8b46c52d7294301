-- One row per record of an event and whom it speaks of, with the type that the contract's registry
-- gives its actor at that instant.
with events as (

    select * from {{ ref('int_linked_events') }}

),

actors as (

    {{ registered_actors() }}

)

select
    events.contract_key,
    events.link,
    events.link_key,
    events.event_id,
    events.event_type,
    events.occurred_at,
    coalesce(actors.actor_type, events.actor_type) as actor_type,
    events.value,
    events.unit
from events
left join actors
    on
        events.contract_key = actors.contract_key
        and events.actor_id = actors.actor_id
        and events.occurred_at >= actors.valid_from
        and events.occurred_at < actors.valid_until
