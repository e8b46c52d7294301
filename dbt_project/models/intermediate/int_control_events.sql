-- One row per contract: the events counted on their way from landed records to the run's log.
select
    contract_key,
    sum(staged_count) as event_staged_count,
    sum(staged_count - observed_count) as event_unobserved_count,
    sum(observed_count) as event_observed_count
from {{ ref('int_event_totals') }}
group by contract_key
