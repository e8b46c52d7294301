-- One row per record of an event that exists for the run.
select
    contract_key,
    source,
    event_id,
    subject_id,
    subject_type,
    event_type,
    occurred_at,
    actor_type,
    value,
    unit
from {{ ref('int_registered_events') }}
where is_observed
