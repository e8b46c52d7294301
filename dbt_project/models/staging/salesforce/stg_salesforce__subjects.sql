-- One row per case or meeting; its fields are those that the contract names.
with cases as (

    select * from {{ ref('stg_salesforce__cases') }}

),

described as (

    select
        cases.contract_key,
        cases.source,
        cases.source || '-' || cases.case_number as subject_id,
        'ticket' as subject_type,
        cases.created_at,
        cases.requester_key,
        coalesce(cases.queue, queues.queue) as queue,
        cases.channel,
        cases.tier,
        cases.language,
        cases.department,
        cases.is_test,
        cases.attributes,
        cases.file,
        cases.record_number
    from cases
    left join {{ ref('stg_salesforce__queues') }} as queues
        on
            cases.contract_key = queues.contract_key
            and cases.source = queues.source
            and cases.case_id = queues.case_id
    union all
    select
        contract_key,
        source,
        source || '-' || meeting_id as subject_id,
        'meeting' as subject_type,
        created_at,
        known_requester_key as requester_key,
        queue,
        null as channel,
        tier,
        language,
        department,
        is_test,
        attributes,
        file,
        record_number
    from {{ ref('stg_salesforce__meetings') }}

)

select
    contract_key,
    source,
    subject_id,
    subject_type,
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
from described
