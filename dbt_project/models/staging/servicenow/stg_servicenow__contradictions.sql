-- One row per incident and way in which the instance contradicts itself about it. Imports and some
-- scripts change records without audit; each of these may be such a change.
with unseen as (

    select
        contract_key,
        source,
        incident_id,
        case
            when state <> logged_state then 'state at last'
            when reopen_count > logged_reopen_count then 'reopened unseen'
            when is_resolved_in_silence then 'resolved unseen'
        end as contradiction
    from {{ ref('stg_servicenow__left_at_last') }}
    union
    select
        contract_key,
        source,
        incident_id,
        case when content_number > 1 then 'two contents' end as contradiction
    from {{ ref('stg_servicenow__changes') }}
    union
    select
        contract_key,
        source,
        incident_id,
        case when content_number > 1 then 'two contents' end as contradiction
    from {{ ref('stg_servicenow__ratings') }}
    union
    select
        contract_key,
        source,
        incident_id,
        case when said_previous_kind <> logged_previous_kind then 'state before' end
            as contradiction
    from {{ ref('stg_servicenow__states') }}
    union
    select
        contract_key,
        source,
        incident_id,
        case when born_kind = 'solved' and resolved_at is null then 'resolved without an instant'
        end as contradiction
    from {{ ref('stg_servicenow__born_concluded') }}

)

select
    unseen.contract_key,
    unseen.source,
    unseen.incident_id,
    unseen.contradiction,
    unseen.source || '-' || coalesce(incidents.number, unseen.incident_id) as subject_id
from unseen
left join {{ ref('stg_servicenow__incidents') }} as incidents
    on
        unseen.contract_key = incidents.contract_key
        and unseen.source = incidents.source
        and unseen.incident_id = incidents.incident_id
where unseen.contradiction is not null
