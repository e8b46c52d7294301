-- One row per message of a conversation about a ticket and content that the API gave it; what
-- failed was not written. An app that writes in the name of a user may be a person or not: nobody
-- says.
with records as (

    select
        contract_key,
        source,
        ticket_id,
        message_id,
        case
            when message_type <> 'MESSAGE' then message_type
            else 'MESSAGE ' || coalesce(direction, 'none')
        end as word,
        occurred_at,
        epoch_ms,
        max_by(status, read_at) as status,
        min_by(actor_kind, read_at) as actor_kind,
        min_by(is_by_app, read_at) as is_by_app,
        min_by(actor, read_at) as actor
    from {{ source('landed', 'hubspot__messages') }}
    group by
        contract_key, source, ticket_id, message_id, message_type, direction, occurred_at, epoch_ms

)

select
    records.*,
    words.word is not null as is_known,
    words.tells,
    kinds.actor_kind is not null as is_actor_known,
    case
        when records.is_by_app and records.actor_kind = 'A' then 'unknown'
        else coalesce(kinds.actor_type, 'unknown')
    end as actor_type,
    row_number() over (
        partition by records.contract_key, records.source, records.message_id, records.ticket_id
        order by records.occurred_at, records.word
    ) as content_number
from records
left join {{ ref('hubspot_writings') }} as words
    on words.record_kind = 'message' and records.word = words.word
left join {{ ref('hubspot_actor_kinds') }} as kinds
    on records.actor_kind = kinds.actor_kind
left join {{ ref('stg_hubspot__moved') }} as moved
    on
        records.contract_key = moved.contract_key
        and records.source = moved.source
        and records.ticket_id = moved.ticket_id
        and 'message-' || records.message_id = moved.record_id
where moved.record_id is null and coalesce(records.status, 'SENT') <> 'FAILED'
