-- An instance that does not audit the states of incidents would show none as reopened, and silence
-- would look like success. Some incidents may be born resolved, and never change; not all of them.
with concluded as (

    select
        incidents.contract_key,
        incidents.source,
        count(*) as incident_count
    from {{ ref('stg_servicenow__births') }} as incidents
    inner join {{ ref('stg_servicenow__incidents') }} as last_versions
        on
            incidents.contract_key = last_versions.contract_key
            and incidents.source = last_versions.source
            and incidents.incident_id = last_versions.incident_id
    inner join {{ ref('servicenow_state_codes') }} as states
        on
            last_versions.state = states.state
            and states.state_kind <> 'open'
    group by incidents.contract_key, incidents.source
    having count(*) >= 20

),

audited as (

    select distinct
        contract_key,
        source
    from {{ ref('stg_servicenow__states') }}

)

select
    concluded.source || ': ' || concluded.incident_count || ' incidents are resolved or closed, '
    || 'and no change of a state was audited; turn on auditing of incident.state in ServiceNow, '
    || 'and write an observed_from after that' as message
from concluded
left join audited
    on
        concluded.contract_key = audited.contract_key
        and concluded.source = audited.source
where audited.source is null
