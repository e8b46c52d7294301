-- One row per contract and event type that its log holds: how many records, and how many exist for
-- the run, and since the period began. One pass over the log serves every check that counts events.
select
    events.contract_key,
    events.event_type,
    count(*) as staged_count,
    count(case when events.occurred_at < coverage.observed_until then 1 end) as observed_count,
    count(case
        when
            events.occurred_at < coverage.observed_until
            and events.occurred_at >= runs.period_starts_at
            then 1
    end) as observed_since_period_count
from {{ ref('int_staged_events') }} as events
inner join {{ source('terms', 'runs') }} as runs
    on events.contract_key = runs.contract_key
left join {{ ref('int_coverage') }} as coverage
    on
        events.contract_key = coverage.contract_key
        and events.event_type = coverage.event_type
group by events.contract_key, events.event_type
