-- One row per issue: its queue is its type of request, and its fields are those that the contract
-- names.
select
    contract_key,
    source,
    subject_id,
    'ticket' as subject_type,
    created_at as opened_at,
    reporter_key as requester_key,
    request_type as queue,
    cast(null as varchar(20)) as channel,
    tier,
    language,
    department,
    case is_test when 'true' then true when 'false' then false end as is_test,
    attributes,
    file,
    record_number
from {{ ref('stg_jira__issues') }}
