-- One row per event with which a case begins: that it was opened, that it was closed in the same
-- moment, and that it continues a closed one, to which that happens.
with cases as (

    select * from {{ ref('stg_salesforce__cases') }}

),

births as (

    select * from {{ ref('stg_salesforce__births') }}

)

select
    contract_key,
    source,
    '0-' || case_id || '-opened' as event_id,
    case_id,
    'opened' as told,
    created_at as occurred_at,
    creator as actor_key,
    cast(null as varchar(18)) as related_case_id
from cases
union all
select
    contract_key,
    source,
    '1-' || case_id || '-' || born_kind as event_id,
    case_id,
    born_kind as told,
    created_at as occurred_at,
    creator as actor_key,
    null as related_case_id
from births
where born_kind in ('solved', 'closed')
union all
select
    contract_key,
    source,
    '0-' || case_id || '-followed_up' as event_id,
    continues_case_id as case_id,
    'followed_up' as told,
    created_at as occurred_at,
    creator as actor_key,
    case_id as related_case_id
from cases
where continues_case_id is not null
