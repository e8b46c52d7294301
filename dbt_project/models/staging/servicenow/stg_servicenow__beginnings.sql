-- One row per event with which an incident begins: that it was opened, what it was born with, and
-- that it continues a closed one, to which that happens.
with births as (

    select * from {{ ref('stg_servicenow__births') }}

),

concluded as (

    select * from {{ ref('stg_servicenow__born_concluded') }}

)

select
    contract_key,
    source,
    '0000000000-0-opened-' || incident_id as event_id,
    incident_id,
    'opened' as told,
    created_at as occurred_at,
    opener as actor_key,
    cast(null as varchar(20)) as related_incident_id
from births
union all
select
    contract_key,
    source,
    '0000000000-2-assigned-' || incident_id as event_id,
    incident_id,
    'assigned' as told,
    created_at as occurred_at,
    opener as actor_key,
    cast(null as varchar(20)) as related_incident_id
from births
where is_born_assigned
union all
select
    contract_key,
    source,
    '0000000000-3-solved-' || incident_id as event_id,
    incident_id,
    'solved' as told,
    resolved_at as occurred_at,
    resolver as actor_key,
    null as related_incident_id
from concluded
where resolved_at is not null
union all
select
    contract_key,
    source,
    '0000000000-4-closed-' || incident_id as event_id,
    incident_id,
    'closed' as told,
    closed_at as occurred_at,
    closer as actor_key,
    null as related_incident_id
from concluded
where born_kind = 'closed' and closed_at is not null
union all
select
    contract_key,
    source,
    '0000000000-0-followed_up-' || incident_id as event_id,
    continues_incident_id as incident_id,
    'followed_up' as told,
    created_at as occurred_at,
    opener as actor_key,
    incident_id as related_incident_id
from {{ ref('stg_servicenow__incidents') }}
where continues_incident_id is not null
