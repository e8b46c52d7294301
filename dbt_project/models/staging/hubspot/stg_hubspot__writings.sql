-- One row per email or note about a ticket and content that the API gave it. What did not arrive,
-- or not yet, was not written.
with records as (

    select
        contract_key,
        source,
        ticket_id,
        'email' as record_kind,
        email_id as record_id,
        coalesce(direction, 'none') as word,
        occurred_at,
        epoch_ms,
        max_by(status, read_at) as status,
        min_by(source_type, read_at) as source_type,
        min_by(user_key, read_at) as user_key,
        min_by(actor, read_at) as actor
    from {{ source('landed', 'hubspot__emails') }}
    group by contract_key, source, ticket_id, email_id, direction, occurred_at, epoch_ms
    union all
    select
        contract_key,
        source,
        ticket_id,
        'note' as record_kind,
        note_id as record_id,
        'NOTE' as word,
        occurred_at,
        epoch_ms,
        null as status,
        min_by(source_type, read_at) as source_type,
        min_by(user_key, read_at) as user_key,
        min_by(actor, read_at) as actor
    from {{ source('landed', 'hubspot__notes') }}
    group by contract_key, source, ticket_id, note_id, occurred_at, epoch_ms

)

select
    records.*,
    words.word is not null as is_known,
    words.tells,
    row_number() over (
        partition by
            records.contract_key, records.source, records.record_kind, records.record_id,
            records.ticket_id
        order by records.occurred_at, records.word
    ) as content_number
from records
left join {{ ref('hubspot_writings') }} as words
    on records.record_kind = words.record_kind and records.word = words.word
left join {{ ref('stg_hubspot__moved') }} as moved
    on
        records.contract_key = moved.contract_key
        and records.source = moved.source
        and records.ticket_id = moved.ticket_id
        and records.record_kind || '-' || records.record_id = moved.record_id
where
    moved.record_id is null
    and coalesce(records.status, 'SENT')
    not in ('BOUNCED', 'DRAFT', 'FAILED', 'SCHEDULED', 'SENDING')
