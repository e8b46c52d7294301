-- One row per record of an event log's subjects: they are canonical already.
select
    contract_key,
    source,
    subject_id,
    subject_type,
    opened_at,
    requester_key,
    queue,
    channel,
    tier,
    language,
    department,
    is_test,
    attributes,
    file,
    record_number
from {{ source('landed', 'event_log__subjects') }}
