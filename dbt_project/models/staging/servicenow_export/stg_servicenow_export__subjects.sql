-- One row per incident, with the last caller, queue and channel that its rows name.
select
    contract_key,
    source,
    source || '-' || number as subject_id,
    'ticket' as subject_type,
    min(opened_at) as opened_at,
    max_by(requester_key, record_number) as requester_key,
    max_by(assignment_group, record_number) as queue,
    max_by(contact_type, record_number) as channel,
    cast(null as varchar(20)) as tier,
    cast(null as varchar(20)) as language,
    cast(null as varchar(20)) as department,
    cast(null as boolean) as is_test,
    cast(null as varchar(20)) as attributes,
    min(file) as file,
    min(record_number) as record_number
from {{ source('landed', 'servicenow_export__rows') }}
group by contract_key, source, number
