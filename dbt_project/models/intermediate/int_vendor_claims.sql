-- One row per subject and word by which the vendor's own system claims it, and since when. A claim
-- is evidence of nothing, and no event.
with claims as (

    select
        contract_key,
        source,
        source || '-' || conversation_id as subject_id,
        resolution_state as claim,
        first_seen_at as claimed_at,
        last_seen_at
    from {{ ref('stg_intercom__fin_claims') }}
    union all
    select
        contract_key,
        source,
        coalesce(subject_id, source || '-' || conversation_id) as subject_id,
        coalesce(outcome, 'unnamed') as claim,
        claimed_at,
        claimed_at as last_seen_at
    from {{ ref('stg_salesforce__claims') }}

)

select
    contract_key,
    subject_id,
    claim,
    min(claimed_at) as claimed_at,
    max(last_seen_at) as last_seen_at
from claims
where subject_id is not null
group by contract_key, subject_id, claim
