-- One row per event of a conversation: Intercom's words are ours now, and each actor has a type.
with told as (

    select * from {{ ref('stg_intercom__told') }}

),

merged as (

    select * from {{ ref('stg_intercom__merges') }}

),

acted as (

    select
        told.*,
        merged.merged_into,
        case
            when told.author_type = 'admin' then 'human_agent'
            -- Fin and the workflows are bots alike, and may have one number; the flag tells
            when told.author_type = 'bot' and told.is_from_ai_agent then 'ai_agent'
            when told.author_type = 'bot' then 'automation'
            when told.author_type in ('user', 'lead', 'contact') then 'requester'
            else 'unknown'
        end as actor_type,
        case
            when told.author_type = 'bot' and told.is_from_ai_agent then 'fin-bot'
            when told.author_type = 'bot' then 'bot-' || told.author
            else told.author
        end as actor_id
    from told
    left join merged
        on
            told.contract_key = merged.contract_key
            and told.source = merged.source
            and told.conversation_id = merged.conversation_id

)

select
    contract_key,
    source,
    event_id,
    source || '-' || conversation_id as subject_id,
    'ticket' as subject_type,
    case
        when told <> 'written' then told
        when actor_type in ('human_agent', 'ai_agent', 'automation') then 'replied'
        else 'contacted'
    end as event_type,
    occurred_at,
    actor_type,
    actor_id,
    value,
    case when value is not null then 'score_of_5' end as unit,
    case when told = 'merged' then source || '-' || merged_into end as related_subject_id
from acted
