-- One row per incident that did not change since we stopped looking, beside what the audit leaves
-- of it: its last state, how often it was reopened, and whether it was really born resolved.
with incidents as (

    select * from {{ ref('stg_servicenow__incidents') }}

),

states as (

    select * from {{ ref('stg_servicenow__states') }}

),

concluded as (

    select * from {{ ref('stg_servicenow__born_concluded') }}

),

observed as (

    select
        contract_key,
        source,
        min(observed_from) as observed_from,
        min(observed_until) as observed_until
    from {{ source('landed', 'coverage') }}
    group by contract_key, source

)

select
    incidents.contract_key,
    incidents.source,
    incidents.incident_id,
    max(incidents.state) as state,
    max(case when incidents.created_at >= observed.observed_from then incidents.reopen_count end)
        as reopen_count,
    max_by(
        states.new_value, {{ event_order('states.occurred_at', 'states.place') }}
    ) as logged_state,
    count(case when states.state_change = 'reopened' then 1 end) as logged_reopen_count,
    -- what is born resolved is resolved at once; a minute is for slow rules
    coalesce(
        max(concluded.resolved_at)
        > {{ microseconds_after('max(incidents.created_at)', 60 * 1000000) }},
        false
    ) as is_resolved_in_silence
from incidents
inner join observed
    on
        incidents.contract_key = observed.contract_key
        and incidents.source = observed.source
        and incidents.updated_at < observed.observed_until
left join states
    on
        incidents.contract_key = states.contract_key
        and incidents.source = states.source
        and incidents.incident_id = states.incident_id
        and observed.observed_until > states.occurred_at
left join concluded
    on
        incidents.contract_key = concluded.contract_key
        and incidents.source = concluded.source
        and incidents.incident_id = concluded.incident_id
group by incidents.contract_key, incidents.source, incidents.incident_id
