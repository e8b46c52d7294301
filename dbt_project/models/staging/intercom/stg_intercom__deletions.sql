-- One row per conversation that was deleted: when, as the list of deleted ones says; where that
-- does not name it, when a search still found it and it could not be retrieved.
with known as (

    select
        contract_key,
        source,
        conversation_id,
        deleted_at as listed_at,
        cast(null as timestamp) as missed_at
    from {{ source('landed', 'intercom__deletions') }}
    union all
    select
        contract_key,
        source,
        conversation_id,
        null as listed_at,
        seen_at as missed_at
    from {{ source('landed', 'intercom__conversations') }}
    where record_kind = 'gone'

)

select
    contract_key,
    source,
    conversation_id,
    coalesce(min(listed_at), min(missed_at)) as deleted_at
from known
group by contract_key, source, conversation_id
