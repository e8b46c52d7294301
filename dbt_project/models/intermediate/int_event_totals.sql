-- One row per contract and event type that its log holds: how many records, and how many exist for
-- the run, and since the period began. One pass over the log serves every check that counts events.
select
    events.contract_key,
    events.event_type,
    count(*) as staged_count,
    count(case when not events.is_observed then 1 end) as unobserved_count,
    count(case when events.is_observed then 1 end) as observed_count,
    count(case
        when events.is_observed and events.occurred_at >= runs.period_starts_at then 1
    end) as observed_since_period_count
from {{ ref('int_registered_events') }} as events
inner join {{ source('terms', 'runs') }} as runs
    on events.contract_key = runs.contract_key
group by events.contract_key, events.event_type
