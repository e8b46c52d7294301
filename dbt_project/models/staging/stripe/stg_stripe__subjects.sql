-- One row per recovery: what its payments name in their metadata, else a payment intent with all
-- attempts to pay it. It was opened by the first of them.
select
    contract_key,
    source,
    subject_id,
    'recovery' as subject_type,
    min(created_at) as opened_at,
    max(requester_key) as requester_key,
    cast(null as varchar(500)) as queue,
    cast(null as varchar(500)) as channel,
    cast(null as varchar(500)) as tier,
    cast(null as varchar(500)) as language,
    cast(null as varchar(500)) as department,
    cast(null as boolean) as is_test,
    '{}' as attributes,
    min(charge_id) as file,
    cast(null as bigint) as record_number
from {{ ref('stg_stripe__charges') }}
group by contract_key, source, subject_id
