-- One row per definition and concluding event.
with events as (

    select * from {{ ref('int_events') }}

),

definitions as (

    select * from {{ source('terms', 'definitions') }}

),

patterns as (

    select * from {{ source('terms', 'concluding_patterns') }}

),

concluding as (

    -- distinct: a record that was delivered twice is one event
    select distinct
        definitions.definition_key,
        definitions.contract_key,
        definitions.outcome,
        definitions.counted_by,
        definitions.subject_type as outcome_subject_type,
        events.subject_id,
        events.subject_type,
        events.event_id,
        events.occurred_at as concluded_at
    from events
    inner join patterns
        on events.event_type = patterns.event_type
    inner join definitions
        on
            patterns.definition_key = definitions.definition_key
            and events.contract_key = definitions.contract_key
    where patterns.actor_type is null or patterns.actor_type = events.actor_type

)

select * from concluding
