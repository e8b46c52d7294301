-- One row per reply or note and content that the API gave it: one that came twice is one, one that
-- came with two contents is two. One that was deleted after it was landed stays.
with contents as (

    select distinct
        contract_key,
        source,
        ticket_id,
        conversation_id,
        written_at,
        epoch_second,
        author,
        author_key,
        is_incoming,
        is_private,
        conversation_source
    from {{ source('landed', 'freshdesk__conversations') }}

)

select
    contents.*,
    sources.tells,
    row_number() over (
        partition by contents.contract_key, contents.source, contents.conversation_id
        order by
            contents.written_at, contents.ticket_id, contents.author_key, contents.is_private,
            contents.is_incoming, contents.conversation_source
    ) as content_number
from contents
left join {{ ref('freshdesk_conversation_sources') }} as sources
    on contents.conversation_source = sources.conversation_source
