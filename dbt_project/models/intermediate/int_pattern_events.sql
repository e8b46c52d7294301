-- One row per clause and record of an event that fits its pattern by type and actor. It is good
-- when value and unit fit the bounds too; without bounds always, a missing value never.
with clauses as (

    select
        clauses.*,
        definitions.contract_key
    from {{ source('terms', 'clauses') }} as clauses
    inner join {{ source('terms', 'definitions') }} as definitions
        on clauses.definition_key = definitions.definition_key

),

patterns as (

    select
        clauses.*,
        patterns.event_type,
        patterns.actor_type
    from {{ source('terms', 'clause_patterns') }} as patterns
    inner join clauses
        on patterns.clause_key = clauses.clause_key

),

requesters as (

    select
        contract_key,
        subject_id,
        requester_key
    from {{ ref('int_subjects') }}
    where requester_key is not null

),

-- The two ways in which an event is linked read the log apart: the one that no contract uses costs
-- nothing then.
linked as (

    select
        patterns.*,
        events.subject_id as link_key,
        events.occurred_at,
        events.event_id,
        events.value,
        events.unit as event_unit
    from {{ ref('int_events') }} as events
    inner join patterns
        on
            events.contract_key = patterns.contract_key
            and events.event_type = patterns.event_type
            and events.actor_type = coalesce(patterns.actor_type, events.actor_type)
    where patterns.link = 'subject'
    union all
    select
        patterns.*,
        requesters.requester_key as link_key,
        events.occurred_at,
        events.event_id,
        events.value,
        events.unit as event_unit
    from {{ ref('int_events') }} as events
    inner join patterns
        on
            events.contract_key = patterns.contract_key
            and events.event_type = patterns.event_type
            and events.actor_type = coalesce(patterns.actor_type, events.actor_type)
    inner join requesters
        on
            events.contract_key = requesters.contract_key
            and events.subject_id = requesters.subject_id
    where patterns.link = 'requester'

)

select
    clause_key,
    window_kind,
    link_key,
    occurred_at,
    event_id,
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
