-- One row per record of an event log: it is the canonical format already.
select
    contract_key,
    source,
    event_id,
    subject_id,
    subject_type,
    event_type,
    occurred_at,
    actor_type,
    actor_id,
    value,
    unit,
    related_subject_id,
    file,
    record_number
from {{ source('landed', 'event_log__events') }}
