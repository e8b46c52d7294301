-- One row per pattern and record of an event that fits it by type and actor, of a judged subject or
-- of its requester. It is good when value and unit fit the bounds too; without bounds always, a
-- missing value never.
-- The two ways in which an event is linked read the log apart: the one that no contract uses costs
-- nothing then.
with linked as (

    select
        patterns.*,
        judged.subject_key as link_key,
        events.occurred_at,
        events.event_id,
        events.value,
        events.unit as event_unit
    from {{ ref('int_registered_events') }} as events
    inner join {{ ref('int_patterns') }} as patterns
        on
            events.contract_key = patterns.contract_key
            and events.event_type = patterns.event_type
            and events.actor_type = patterns.actor_type
    inner join {{ ref('int_judged_subjects') }} as judged
        on
            events.contract_key = judged.contract_key
            and events.subject_id = judged.subject_id
    where patterns.link = 'subject'
    union all
    select
        patterns.*,
        requesters.requester_number as link_key,
        events.occurred_at,
        events.event_id,
        events.value,
        events.unit as event_unit
    from {{ ref('int_registered_events') }} as events
    inner join {{ ref('int_patterns') }} as patterns
        on
            events.contract_key = patterns.contract_key
            and events.event_type = patterns.event_type
            and events.actor_type = patterns.actor_type
    inner join {{ ref('int_subjects') }} as subjects
        on
            events.contract_key = subjects.contract_key
            and events.subject_id = subjects.subject_id
    inner join {{ ref('int_linked_requesters') }} as requesters
        on
            subjects.contract_key = requesters.contract_key
            and subjects.requester_key = requesters.requester_key
    where patterns.link = 'requester'

)

select
    definition_key,
    clause_key,
    link_key,
    occurred_at,
    event_id,
    is_by_unknown,
    case
        when at_least is null and at_most is null then true
        else coalesce(
            value >= coalesce(at_least, value)
            and value <= coalesce(at_most, value)
            and (unit is null or unit = event_unit),
            false
        )
    end as is_good
from linked
