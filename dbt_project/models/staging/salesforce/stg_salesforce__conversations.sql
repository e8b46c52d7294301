-- One row per event of a case that a messaging session tells: the requester began it, or the AI
-- agent that served it passed it on to a person, who accepted it.
with sessions as (

    select * from {{ ref('stg_salesforce__sessions') }}
    where case_id is not null

)

select
    contract_key,
    source,
    '2-' || session_id || '-contacted' as event_id,
    case_id,
    'contacted' as told,
    started_at as occurred_at,
    cast(null as varchar(40)) as actor_key,
    'requester' as said_type
from sessions
where origin = 'InboundInitiated' and started_at is not null
union all
select
    contract_key,
    source,
    '4-' || session_id || '-handed_off' as event_id,
    case_id,
    'handed_off' as told,
    accepted_at as occurred_at,
    null as actor_key,
    'ai_agent' as said_type
from sessions
where agent_type = 'BotToAgent' and accepted_at is not null
