-- One row per event of a meeting: it is booked when it comes to be, and again when its outcome goes
-- back to that; what became of it happened when somebody, or something, said so.
with told as (

    select
        contract_key,
        source,
        meeting_id,
        'booked' as told,
        created_at as occurred_at,
        epoch_ms,
        0 as content_number,
        source_type,
        user_key,
        actor
    from {{ ref('stg_hubspot__meetings') }}
    union all
    select
        contract_key,
        source,
        meeting_id,
        meaning as told,
        occurred_at,
        epoch_ms,
        content_number,
        source_type,
        user_key,
        actor
    from {{ ref('stg_hubspot__outcomes') }}
    where meaning <> 'none' and meaning <> coalesce(previous_meaning, 'booked')
    union all
    select
        contract_key,
        source,
        object_id as meeting_id,
        'deleted' as told,
        occurred_at,
        epoch_ms,
        0 as content_number,
        null as source_type,
        null as user_key,
        null as actor
    from {{ ref('stg_hubspot__deletions') }}
    where kind = 'meetings'

)

select
    told.contract_key,
    told.source,
    lpad(cast(told.epoch_ms as varchar(14)), 13, '0')
    || '-' || lpad(cast(told.meeting_id as varchar(20)), 15, '0')
    || '-' || told.content_number || '-' || told.told as event_id,
    told.source || '-' || told.meeting_id as subject_id,
    told.told as event_type,
    told.occurred_at,
    {{ hubspot_actor_type('sources.acts_as', 'told.user_key') }} as actor_type,
    told.actor as actor_id,
    case when told.told = 'held' then meetings.minutes end as value,
    case when told.told = 'held' and meetings.minutes is not null then 'minutes' end as unit,
    cast(null as varchar(40)) as related_subject_id
from told
left join {{ ref('hubspot_sources') }} as sources
    on told.source_type = sources.source_type
left join {{ ref('stg_hubspot__meetings') }} as meetings
    on
        told.contract_key = meetings.contract_key
        and told.source = meetings.source
        and told.meeting_id = meetings.meeting_id
