-- One row per rating of a conversation and instant at which it was given or changed, as far as an
-- extraction saw it: the teammate's, and Fin's. The contract says which of the two counts.
with rated as (

    select
        contract_key,
        source,
        conversation_id,
        'teammate' as rating_of,
        teammate_rated_at as rated_at,
        teammate_rating as score_value,
        rating_counted
    from {{ source('landed', 'intercom__conversations') }}
    where teammate_rating is not null
    union
    select
        contract_key,
        source,
        conversation_id,
        'fin' as rating_of,
        fin_rated_at as rated_at,
        fin_rating as score_value,
        rating_counted
    from {{ source('landed', 'intercom__conversations') }}
    where fin_rating is not null

)

select
    rated.*,
    conversations.requester_key,
    coalesce(rated.rating_counted, rated.rating_of) = rated.rating_of as is_counted
from rated
inner join {{ ref('stg_intercom__conversations') }} as conversations
    on
        rated.contract_key = conversations.contract_key
        and rated.source = conversations.source
        and rated.conversation_id = conversations.conversation_id
