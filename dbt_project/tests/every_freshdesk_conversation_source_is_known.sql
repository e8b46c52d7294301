-- A code that the map does not have stops the run: it may be something that the requester sees.
select
    source || ': ticket ' || min(ticket_id) || ' has a conversation of the source '
    || conversation_source || ', which is unknown; add it to '
    || 'dbt_project/seeds/freshdesk_conversation_sources.csv' as message
from {{ ref('stg_freshdesk__conversations') }}
where tells is null
group by source, conversation_source
order by conversation_source
