-- One row per incident: its queue is the name of its group, and its fields are those that the
-- contract names.
select
    contract_key,
    source,
    source || '-' || number as subject_id,
    'ticket' as subject_type,
    created_at as opened_at,
    requester_key,
    queue,
    channel,
    tier,
    language,
    department,
    case is_test when 'true' then true when 'false' then false end as is_test,
    attributes,
    file,
    record_number
from {{ ref('stg_servicenow__incidents') }}
