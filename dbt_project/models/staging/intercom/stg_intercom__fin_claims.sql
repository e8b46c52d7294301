-- One row per conversation and state in which the vendor says that Fin left it: from when to when
-- we saw it say so. It keeps no history itself. A claim is evidence of nothing, and no event.
with seen as (

    select
        contract_key,
        source,
        conversation_id,
        resolution_state,
        seen_at
    from {{ source('landed', 'intercom__fin_claims') }}
    union all
    select
        contract_key,
        source,
        conversation_id,
        fin_state as resolution_state,
        seen_at
    from {{ source('landed', 'intercom__conversations') }}
    where record_kind = 'conversation'

)

select
    contract_key,
    source,
    conversation_id,
    source || '-' || conversation_id as subject_id,
    resolution_state as claim,
    min(seen_at) as claimed_at,
    max(seen_at) as last_seen_at
from seen
where resolution_state is not null
group by contract_key, source, conversation_id, resolution_state
