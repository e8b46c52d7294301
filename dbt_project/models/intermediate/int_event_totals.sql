-- One row per contract and event type that its log holds: how many records, and how many exist for
-- the run, since the period began, and in the period. One pass over the log serves every check that
-- counts events.
with bounds as (

    select
        coverage.contract_key,
        coverage.event_type,
        coverage.observed_until,
        runs.period_starts_at,
        runs.period_ends_at
    from {{ ref('int_coverage') }} as coverage
    inner join {{ source('terms', 'runs') }} as runs
        on coverage.contract_key = runs.contract_key

)

select
    events.contract_key,
    events.event_type,
    count(*) as staged_count,
    count(case when events.occurred_at < bounds.observed_until then 1 end) as observed_count,
    count(case
        when
            events.occurred_at < bounds.observed_until
            and events.occurred_at >= bounds.period_starts_at
            then 1
    end) as observed_since_period_count,
    count(case
        when
            events.occurred_at < bounds.observed_until
            and events.occurred_at >= bounds.period_starts_at
            and events.occurred_at < bounds.period_ends_at
            then 1
    end) as observed_in_period_count
from {{ ref('int_staged_events') }} as events
left join bounds
    on
        events.contract_key = bounds.contract_key
        and events.event_type = bounds.event_type
group by events.contract_key, events.event_type
