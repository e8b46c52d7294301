-- One row per ticket or meeting: the queue is the pipeline's name, or the type of the meeting.
with described as (

    select
        tickets.contract_key,
        tickets.source,
        tickets.subject_id,
        'ticket' as subject_type,
        tickets.created_at as opened_at,
        tickets.requester_key,
        pipelines.pipeline_name as queue,
        tickets.channel,
        tickets.tier,
        tickets.language,
        tickets.department,
        tickets.is_test,
        tickets.attributes,
        tickets.file,
        tickets.record_number
    from {{ ref('stg_hubspot__tickets') }} as tickets
    left join {{ ref('stg_hubspot__pipelines') }} as pipelines
        on
            tickets.contract_key = pipelines.contract_key
            and tickets.source = pipelines.source
            and tickets.pipeline_id = pipelines.pipeline_id
    union all
    select
        contract_key,
        source,
        subject_id,
        'meeting' as subject_type,
        created_at as opened_at,
        requester_key,
        activity_type as queue,
        null as channel,
        tier,
        language,
        department,
        is_test,
        attributes,
        file,
        record_number
    from {{ ref('stg_hubspot__meetings') }}

)

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
    case is_test when 'true' then true when 'false' then false end as is_test,
    attributes,
    file,
    record_number
from described
