-- One row per email, note, message or answer and ticket that is left of a merger, where it was
-- about a ticket that was merged: it was landed of that one, and the merger took it along.
with records as (

    select
        contract_key,
        source,
        ticket_id,
        'email-' || email_id as record_id,
        read_at
    from {{ source('landed', 'hubspot__emails') }}
    union all
    select
        contract_key,
        source,
        ticket_id,
        'note-' || note_id as record_id,
        read_at
    from {{ source('landed', 'hubspot__notes') }}
    union all
    select
        contract_key,
        source,
        ticket_id,
        'message-' || message_id as record_id,
        read_at
    from {{ source('landed', 'hubspot__messages') }}
    union all
    select
        contract_key,
        source,
        ticket_id,
        'answer-' || submission_id as record_id,
        read_at
    from {{ source('landed', 'hubspot__submissions') }}

),

firsts as (

    select
        contract_key,
        source,
        ticket_id,
        record_id,
        min(read_at) as first_read_at
    from records
    group by contract_key, source, ticket_id, record_id

)

select distinct
    taken.contract_key,
    taken.source,
    taken.ticket_id,
    taken.record_id
from firsts as taken
inner join {{ ref('stg_hubspot__mergers') }} as survivors
    on
        taken.contract_key = survivors.contract_key
        and taken.source = survivors.source
        and taken.ticket_id = survivors.survivor_id
        and taken.first_read_at > survivors.merged_at
inner join firsts as landed
    on
        taken.contract_key = landed.contract_key
        and taken.source = landed.source
        and taken.record_id = landed.record_id
inner join {{ ref('stg_hubspot__mergers') }} as gone
    on
        landed.contract_key = gone.contract_key
        and landed.source = gone.source
        and landed.ticket_id = gone.merged_id
        and landed.first_read_at <= gone.merged_at
