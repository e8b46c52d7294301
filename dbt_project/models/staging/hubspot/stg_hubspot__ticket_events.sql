-- One row per event of a ticket: HubSpot's words are ours now.
with ratings as (

    select
        *,
        lpad(cast(epoch_ms as varchar(14)), 13, '0')
        || '-' || lpad(cast(ticket_id as varchar(20)), 15, '0')
        || '-4-' || submission_id || '-' || content_number as place
    from {{ ref('stg_hubspot__ratings') }}

),

deletions as (

    select
        *,
        lpad(cast(epoch_ms as varchar(14)), 13, '0')
        || '-' || lpad(cast(object_id as varchar(20)), 15, '0') || '-6' as place
    from {{ ref('stg_hubspot__deletions') }}
    where kind = 'tickets'

)

select
    contract_key,
    source,
    place || '-' || told as event_id,
    source || '-' || ticket_id as subject_id,
    told as event_type,
    occurred_at,
    actor_type,
    actor as actor_id,
    cast(null as decimal(18, 4)) as value,
    cast(null as varchar(20)) as unit,
    source || '-' || related_id as related_subject_id
from {{ ref('stg_hubspot__told') }}
union all
select
    contract_key,
    source,
    place || '-rated' as event_id,
    source || '-' || ticket_id as subject_id,
    'rated' as event_type,
    occurred_at,
    'requester' as actor_type,
    null as actor_id,
    value,
    'score_of_' || scale as unit,
    null as related_subject_id
from ratings
union all
select
    contract_key,
    source,
    place || '-deleted' as event_id,
    source || '-' || object_id as subject_id,
    'deleted' as event_type,
    occurred_at,
    'unknown' as actor_type,
    null as actor_id,
    null as value,
    null as unit,
    null as related_subject_id
from deletions
