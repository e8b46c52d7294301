-- One row per conversation and way in which its history cannot be trusted: old parts are missing, a
-- part came with two contents, the conversation stands in another state than its parts leave it in,
-- or it was deleted before it was ever retrieved.
with conversations as (

    select * from {{ ref('stg_intercom__conversations') }}

),

left_at_last as (

    select
        contract_key,
        source,
        conversation_id,
        max_by(leaves, lpad(cast(epoch_second as varchar(12)), 12, '0') || part_number)
            as left_state
    from {{ ref('stg_intercom__parts') }}
    where leaves is not null
    group by contract_key, source, conversation_id

),

contradictions as (

    select
        contract_key,
        source,
        conversation_id,
        'parts missing' as contradiction
    from {{ ref('stg_intercom__missing_parts') }}
    union all
    select
        contract_key,
        source,
        conversation_id,
        'two contents' as contradiction
    from {{ source('landed', 'intercom__conversations') }}
    where record_kind = 'part'
    group by contract_key, source, conversation_id, part_id
    having min(part_type) <> max(part_type) or min(occurred_at) <> max(occurred_at)
    union all
    select
        conversations.contract_key,
        conversations.source,
        conversations.conversation_id,
        'state at last' as contradiction
    from conversations
    inner join left_at_last
        on
            conversations.contract_key = left_at_last.contract_key
            and conversations.source = left_at_last.source
            and conversations.conversation_id = left_at_last.conversation_id
    where (conversations.state = 'closed') <> (left_at_last.left_state = 'closed')
    union all
    select
        deletions.contract_key,
        deletions.source,
        deletions.conversation_id,
        'deleted unseen' as contradiction
    from {{ ref('stg_intercom__deletions') }} as deletions
    left join conversations
        on
            deletions.contract_key = conversations.contract_key
            and deletions.source = conversations.source
            and deletions.conversation_id = conversations.conversation_id
    where conversations.conversation_id is null

)

select distinct
    contract_key,
    source,
    conversation_id,
    source || '-' || conversation_id as subject_id,
    contradiction
from contradictions
