-- One row per incident that was born resolved or closed: no change of its state tells so, but the
-- incident says when it was resolved, and by whom. A later resolution than its first change of
-- state is told by the audit.
with births as (

    select * from {{ ref('stg_servicenow__births') }}

),

versions as (

    select * from {{ source('landed', 'servicenow__incidents') }}

),

states as (

    select * from {{ ref('servicenow_state_codes') }}

)

select
    births.contract_key,
    births.source,
    births.incident_id,
    states.state_kind as born_kind,
    min(case
        when versions.resolved_at <= births.first_changed_at or births.first_changed_at is null
            then versions.resolved_at
    end) as resolved_at,
    min_by(versions.resolver, versions.resolved_at) as resolver,
    min(case
        when versions.closed_at <= births.first_changed_at or births.first_changed_at is null
            then versions.closed_at
    end) as closed_at,
    min_by(versions.closer, versions.closed_at) as closer
from births
inner join states
    on
        births.born_state = states.state
        and states.state_kind in ('solved', 'closed')
inner join versions
    on
        births.contract_key = versions.contract_key
        and births.source = versions.source
        and births.incident_id = versions.incident_id
group by births.contract_key, births.source, births.incident_id, states.state_kind
