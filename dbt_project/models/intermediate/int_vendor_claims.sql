-- One row per subject and word by which the vendor's own system claims it, and since when. A claim
-- is evidence of nothing, and no event.
with claims as (

    {{ rows_of([
        ref('stg_intercom__fin_claims'),
        ref('stg_salesforce__claims'),
    ], {
        'contract_key': 'integer', 'subject_id': 'varchar(500)', 'claim': 'varchar(500)',
        'claimed_at': 'timestamp', 'last_seen_at': 'timestamp'
    }) }}

)

select
    contract_key,
    subject_id,
    claim,
    min(claimed_at) as claimed_at,
    max(last_seen_at) as last_seen_at
from claims
group by contract_key, subject_id, claim
