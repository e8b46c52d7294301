-- One row per conversation that was merged into another. Neither names the other: it is the one of
-- the same requester that took another in within five seconds, if there is exactly one.
with conversations as (

    select * from {{ ref('stg_intercom__conversations') }}

),

merging as (

    select
        parts.contract_key,
        parts.source,
        parts.conversation_id,
        parts.part_type,
        parts.epoch_second,
        conversations.requester_key
    from {{ ref('stg_intercom__parts') }} as parts
    inner join conversations
        on
            parts.contract_key = conversations.contract_key
            and parts.source = conversations.source
            and parts.conversation_id = conversations.conversation_id
    where parts.part_type in ('merged_primary_conversation', 'merged_secondary_conversation')

)

select
    merged.contract_key,
    merged.source,
    merged.conversation_id,
    min(taking.conversation_id) as merged_into
from merging as merged
inner join merging as taking
    on
        merged.contract_key = taking.contract_key
        and merged.source = taking.source
        and merged.requester_key = taking.requester_key
        and merged.conversation_id <> taking.conversation_id
        and abs(merged.epoch_second - taking.epoch_second) <= 5
        and merged.part_type = 'merged_secondary_conversation'
        and taking.part_type = 'merged_primary_conversation'
group by merged.contract_key, merged.source, merged.conversation_id
having count(distinct taking.conversation_id) = 1
