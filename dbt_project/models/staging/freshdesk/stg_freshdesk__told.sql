-- One row per event of a ticket that Freshdesk tells, whichever of its records tells it.
{% set nobody = "cast(null as boolean) as is_incoming, cast(null as decimal(18, 4)) as value" %}
with performed as (

    select * from {{ ref('stg_freshdesk__births') }}
    union all
    select * from {{ ref('stg_freshdesk__acts') }}

),

written as (

    select
        *,
        lpad(cast(epoch_second as varchar(12)), 12, '0')
        || '-' || lpad(cast(conversation_id as varchar(20)), 14, '0')
        || '-' || content_number as place
    from {{ ref('stg_freshdesk__conversations') }}
    where tells <> 'nothing'

)

select
    *,
    {{ nobody }}
from performed
union all
select
    contract_key,
    source,
    ticket_id,
    place,
    case when is_private or tells = 'note' then 'noted' else 'written' end as told,
    written_at as occurred_at,
    author as performer,
    author_key as performer_key,
    'user' as performer_type,
    false as is_by_rule,
    is_incoming,
    cast(null as decimal(18, 4)) as value
from written
union all
select
    contract_key,
    source,
    ticket_id,
    place,
    'rated' as told,
    given_at as occurred_at,
    rater as performer,
    rater_key as performer_key,
    'user' as performer_type,
    false as is_by_rule,
    cast(null as boolean) as is_incoming,
    score_value as value
from {{ ref('stg_freshdesk__ratings') }}
union all
select
    contract_key,
    source,
    ticket_id,
    place,
    'deleted' as told,
    deleted_at as occurred_at,
    cast(null as varchar(20)) as performer,
    cast(null as varchar(20)) as performer_key,
    cast(null as varchar(20)) as performer_type,
    false as is_by_rule,
    {{ nobody }}
from {{ ref('stg_freshdesk__deletions') }}
