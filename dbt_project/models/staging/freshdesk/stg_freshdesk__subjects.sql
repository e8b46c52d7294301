-- One row per ticket: its queue is the name of its group, and its fields are those that the
-- contract names. A source of the account's own has no name that the API tells.
with queues as (

    select
        contract_key,
        source,
        group_id,
        max(group_name) as queue
    from {{ source('landed', 'freshdesk__groups') }}
    group by contract_key, source, group_id

)

select
    tickets.contract_key,
    tickets.source,
    tickets.source || '-' || tickets.ticket_id as subject_id,
    'ticket' as subject_type,
    tickets.created_at as opened_at,
    tickets.requester_key,
    queues.queue,
    coalesce(sources.channel, 'source-' || tickets.ticket_source) as channel,
    tickets.tier,
    tickets.language,
    tickets.department,
    case tickets.is_test when 'true' then true when 'false' then false end as is_test,
    tickets.attributes,
    tickets.file,
    tickets.record_number
from {{ ref('stg_freshdesk__tickets') }} as tickets
left join queues
    on
        tickets.contract_key = queues.contract_key
        and tickets.source = queues.source
        and tickets.group_id = queues.group_id
left join {{ ref('freshdesk_ticket_sources') }} as sources
    on tickets.ticket_source = sources.ticket_source
