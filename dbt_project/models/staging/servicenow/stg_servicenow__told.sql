-- One row per event of an incident that ServiceNow tells, whichever of its records tells it.
with journal as (

    select distinct
        contract_key,
        source,
        entry_id,
        incident_id,
        written_at,
        element,
        author,
        author_is_named
    from {{ source('landed', 'servicenow__journal') }}

),

deletions as (

    select distinct
        contract_key,
        source,
        deletion_id,
        incident_id,
        deleted_at,
        actor
    from {{ source('landed', 'servicenow__deletions') }}

),

changes as (

    select * from {{ ref('stg_servicenow__beginnings') }}
    union all
    select * from {{ ref('stg_servicenow__updates') }}

)

select
    changes.*,
    false as actor_is_named,
    cast(null as decimal(18, 4)) as value
from changes
union all
select
    contract_key,
    source,
    '0000000000-1-' || entry_id as event_id,
    incident_id,
    case when element = 'comments' then 'written' else 'noted' end as told,
    written_at as occurred_at,
    author as actor_key,
    null as related_incident_id,
    author_is_named as actor_is_named,
    null as value
from journal
union all
select
    contract_key,
    source,
    '9999999999-4-rated-' || rating_id || '-' || cast(rated_at as varchar(30))
    || case when content_number > 1 then '-v' || content_number else '' end as event_id,
    incident_id,
    'rated' as told,
    rated_at as occurred_at,
    requester_key as actor_key,
    null as related_incident_id,
    false as actor_is_named,
    score_value as value
from {{ ref('stg_servicenow__ratings') }}
union all
select
    contract_key,
    source,
    '9999999999-5-deleted-' || deletion_id as event_id,
    incident_id,
    'deleted' as told,
    deleted_at as occurred_at,
    actor as actor_key,
    null as related_incident_id,
    false as actor_is_named,
    null as value
from deletions
