-- One row per conversation: its queue is the name of its team, and its attributes are those that
-- the contract names. A preview of Fin is a test, unless an attribute says something else.
with conversations as (

    select * from {{ ref('stg_intercom__conversations') }}

),

queues as (

    select
        contract_key,
        source,
        team_id,
        max(team_name) as queue
    from {{ source('landed', 'intercom__teams') }}
    group by contract_key, source, team_id

)

select
    conversations.contract_key,
    conversations.source,
    conversations.source || '-' || conversations.conversation_id as subject_id,
    'ticket' as subject_type,
    conversations.occurred_at as opened_at,
    conversations.requester_key,
    queues.queue,
    conversations.channel,
    conversations.tier,
    conversations.language,
    conversations.department,
    case
        when conversations.is_test = 'true' then true
        when conversations.is_test = 'false' then false
        else coalesce(conversations.fin_source_type in ('workflow_preview', 'fin_preview'), false)
    end as is_test,
    conversations.attributes
from conversations
left join queues
    on
        conversations.contract_key = queues.contract_key
        and conversations.source = queues.source
        and conversations.team_id = queues.team_id
