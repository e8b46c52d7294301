-- One row per clause and record of an event that fits its pattern by type and actor. It is good when
-- value and unit fit the bounds too; without bounds always, a missing value never.
with events as (

    select * from {{ ref('int_events') }}

),

clauses as (

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

fitting as (

    select
        patterns.clause_key,
        patterns.window_kind,
        patterns.link,
        events.contract_key,
        events.subject_id,
        events.occurred_at,
        events.event_id,
        case
            when patterns.at_least is null and patterns.at_most is null then true
            else coalesce(
                events.value >= coalesce(patterns.at_least, events.value)
                and events.value <= coalesce(patterns.at_most, events.value)
                and (patterns.unit is null or patterns.unit = events.unit),
                false
            )
        end as is_good
    from events
    inner join patterns
        on
            events.contract_key = patterns.contract_key
            and events.event_type = patterns.event_type
    where patterns.actor_type is null or patterns.actor_type = events.actor_type

)

select
    clause_key,
    window_kind,
    occurred_at,
    event_id,
    is_good,
    subject_id as link_key
from fitting
where link = 'subject'
union all
select
    fitting.clause_key,
    fitting.window_kind,
    fitting.occurred_at,
    fitting.event_id,
    fitting.is_good,
    requesters.requester_key as link_key
from fitting
inner join requesters
    on
        fitting.contract_key = requesters.contract_key
        and fitting.subject_id = requesters.subject_id
where fitting.link = 'requester'
