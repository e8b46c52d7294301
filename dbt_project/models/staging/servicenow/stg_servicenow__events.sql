-- One row per event of an incident: ServiceNow's words are ours now, and each actor has a type.
-- Whoever works on incidents may also be the caller of one, and is its requester then.
with told as (

    select * from {{ ref('stg_servicenow__told') }}

),

incidents as (

    select * from {{ ref('stg_servicenow__incidents') }}

),

staff as (

    select * from {{ ref('stg_servicenow__staff') }}

),

-- what was deleted before it was ever extracted is known by its number nevertheless
deleted as (

    select
        contract_key,
        source,
        incident_id,
        max(number) as number
    from {{ source('landed', 'servicenow__deletions') }}
    group by contract_key, source, incident_id

),

acted as (

    select
        told.*,
        coalesce(incidents.number, deleted.number, told.incident_id) as number,
        coalesce(related.number, told.related_incident_id) as related_number,
        staff.user_name,
        staff.user_key is not null or told.actor_is_named as actor_answers,
        case
            when told.told = 'rated' or told.actor_key = incidents.caller then 'requester'
            when staff.is_person then 'human_agent'
            else 'unknown'
        end as actor_type
    from told
    left join incidents
        on
            told.contract_key = incidents.contract_key
            and told.source = incidents.source
            and told.incident_id = incidents.incident_id
    left join deleted
        on
            told.contract_key = deleted.contract_key
            and told.source = deleted.source
            and told.incident_id = deleted.incident_id
    left join incidents as related
        on
            told.contract_key = related.contract_key
            and told.source = related.source
            and told.related_incident_id = related.incident_id
    left join staff
        on
            told.contract_key = staff.contract_key
            and told.source = staff.source
            and told.actor_key = staff.user_key

)

select
    contract_key,
    source,
    event_id,
    source || '-' || number as subject_id,
    'ticket' as subject_type,
    case
        when told <> 'written' then told
        when actor_type <> 'requester' and actor_answers then 'replied'
        else 'contacted'
    end as event_type,
    occurred_at,
    actor_type,
    coalesce(user_name, actor_key) as actor_id,
    value,
    case when value is not null then 'score_of_5' end as unit,
    source || '-' || related_number as related_subject_id
from acted
