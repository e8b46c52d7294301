-- One row per event on which a verdict or a line of the period rests: what concluded a subject, in
-- whichever period, and what decided a clause. Its actor has the type that the verdict gave him.
with used as (

    select
        contract,
        candidate_event_id as event_id
    from {{ ref('candidates') }}
    union
    select
        contract,
        deciding_event_id as event_id
    from {{ ref('clause_verdicts') }}
    where deciding_event_id is not null
    union
    select
        contract,
        candidate_event_id as event_id
    from {{ ref('reconciliation_lines') }}
    where candidate_event_id is not null

),

runs as (

    select * from {{ ref('int_runs') }}

),

actors as (

    {{ registered_actors() }}

)

-- a record that was delivered twice is one event
select distinct
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    events.source,
    events.event_id,
    events.subject_id,
    events.event_type,
    events.occurred_at,
    coalesce(actors.actor_type, events.actor_type) as actor_type,
    events.actor_id,
    events.value,
    events.unit,
    events.related_subject_id
from {{ ref('int_events') }} as events
inner join runs
    on events.contract_key = runs.contract_key
inner join used
    on
        runs.contract = used.contract
        and events.event_id = used.event_id
left join actors
    on
        events.contract_key = actors.contract_key
        and events.actor_id = actors.actor_id
        and events.occurred_at >= actors.valid_from
        and events.occurred_at < actors.valid_until
