-- One row per event of a case that Salesforce tells, whichever of its records tells it.
with ends as (

    select * from {{ ref('stg_salesforce__beginnings') }}
    union all
    select * from {{ ref('stg_salesforce__endings') }}

),

updates as (

    select * from {{ ref('stg_salesforce__updates') }}
    union all
    select * from {{ ref('stg_salesforce__conversations') }}

)

select
    *,
    cast(null as varchar(20)) as said_type,
    cast(null as decimal(18, 4)) as value
from ends
union all
select
    contract_key,
    source,
    event_id,
    case_id,
    told,
    occurred_at,
    actor_key,
    null as related_case_id,
    said_type,
    null as value
from updates
union all
select
    contract_key,
    source,
    '2-' || writing_id || '-' || told as event_id,
    case_id,
    told,
    written_at as occurred_at,
    author as actor_key,
    null as related_case_id,
    said_type,
    null as value
from {{ ref('stg_salesforce__writings') }}
union all
select
    contract_key,
    source,
    '9-' || answer_id || '-rated-' || case_id as event_id,
    case_id,
    'rated' as told,
    rated_at as occurred_at,
    requester_key as actor_key,
    null as related_case_id,
    'requester' as said_type,
    score_value as value
from {{ ref('stg_salesforce__ratings') }}
