-- One row per incident that was opened since we look, with the state that it was born with. The
-- audit holds no values of birth, so it is what the first change says was before; the state of now
-- where nothing changed.
with incidents as (

    select * from {{ ref('stg_servicenow__incidents') }}

),

observed as (

    select
        contract_key,
        source,
        min(observed_from) as observed_from,
        min(observed_until) as observed_until
    from {{ source('landed', 'coverage') }}
    group by contract_key, source

),

numbered as (

    select
        *,
        row_number() over (
            partition by contract_key, source, incident_id, field
            order by occurred_at, place, audit_id, content_number
        ) as change_number
    from {{ ref('stg_servicenow__changes') }}

),

firsts as (

    select
        contract_key,
        source,
        incident_id,
        -- where the audit does hold births, the first change has no value before
        max(case when field = 'state' then coalesce(old_value, new_value) end) as born_state,
        min(case when field = 'state' then occurred_at end) as first_changed_at,
        bool_or(field = 'assigned_to') as has_changed_person,
        bool_or(field = 'assignment_group') as has_changed_group,
        bool_or(field <> 'state' and old_value is not null) as was_assigned_before
    from numbered
    where change_number = 1
    group by contract_key, source, incident_id

)

select
    incidents.contract_key,
    incidents.source,
    incidents.incident_id,
    incidents.created_at,
    incidents.opener,
    firsts.first_changed_at,
    coalesce(firsts.born_state, incidents.state) as born_state,
    coalesce(firsts.was_assigned_before, false)
    -- a change that is later than what we have of the audit was no birth
    or (
        incidents.updated_at < observed.observed_until
        and (
            (incidents.is_assigned and not coalesce(firsts.has_changed_person, false))
            or (incidents.queue is not null and not coalesce(firsts.has_changed_group, false))
        )
    ) as is_born_assigned
from incidents
inner join observed
    on
        incidents.contract_key = observed.contract_key
        and incidents.source = observed.source
        and incidents.created_at >= observed.observed_from
left join firsts
    on
        incidents.contract_key = firsts.contract_key
        and incidents.source = firsts.source
        and incidents.incident_id = firsts.incident_id
