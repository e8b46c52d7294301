-- One row per event that exists for the run of a subject that is judged or linked to one: all on
-- which a verdict of the period can rest. Its actor has the type that the verdict gave him.
with actors as (

    {{ registered_actors() }}

)

-- a record that was delivered twice is one event
select distinct
    subjects.contract,
    subjects.version,
    subjects.period,
    subjects.as_of,
    subjects.link_group,
    events.source,
    events.event_id,
    events.subject_id,
    events.subject_type,
    events.event_type,
    events.occurred_at,
    coalesce(actors.actor_type, events.actor_type) as actor_type,
    -- whom the contract does not name is nobody's business but the buyer's
    actors.actor_id,
    events.value,
    events.unit
from {{ ref('int_events') }} as events
inner join {{ ref('int_runs') }} as runs
    on events.contract_key = runs.contract_key
inner join {{ ref('pack_subjects') }} as subjects
    on
        runs.contract = subjects.contract
        and events.subject_id = subjects.subject_id
left join actors
    on
        events.contract_key = actors.contract_key
        and events.actor_id = actors.actor_id
        and events.occurred_at >= actors.valid_from
        and events.occurred_at < actors.valid_until
