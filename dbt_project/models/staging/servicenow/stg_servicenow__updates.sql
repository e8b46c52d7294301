-- One row per event that the audit tells: a change of state, or that an update gave the incident to
-- somebody, however many of its fields say so.
with states as (

    select * from {{ ref('stg_servicenow__states') }}

),

changes as (

    select * from {{ ref('stg_servicenow__changes') }}

),

assignments as (

    select
        contract_key,
        source,
        incident_id,
        place,
        occurred_at,
        actor,
        min(audit_id) as audit_id,
        min(content_number) as content_number
    from changes
    where field <> 'state' and new_value is not null
    group by contract_key, source, incident_id, place, occurred_at, actor

),

told as (

    select
        contract_key,
        source,
        incident_id,
        place || '-3-' || state_change as told_at,
        state_change as told,
        occurred_at,
        actor,
        audit_id,
        content_number
    from states
    where state_change is not null
    union all
    select
        contract_key,
        source,
        incident_id,
        place || '-2-assigned' as told_at,
        'assigned' as told,
        occurred_at,
        actor,
        audit_id,
        content_number
    from assignments

)

select
    contract_key,
    source,
    told_at || '-' || audit_id
    || case when content_number > 1 then '-v' || content_number else '' end as event_id,
    incident_id,
    told,
    occurred_at,
    actor as actor_key,
    cast(null as varchar(20)) as related_incident_id
from told
