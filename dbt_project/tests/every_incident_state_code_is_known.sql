-- A code of a state that the map does not have stops the run.
with said as (

    select
        source,
        incident_id,
        new_value as state
    from {{ ref('stg_servicenow__changes') }}
    where field = 'state'
    union all
    select
        source,
        incident_id,
        old_value as state
    from {{ ref('stg_servicenow__changes') }}
    where field = 'state'
    union all
    select
        source,
        number as incident_id,
        state
    from {{ source('landed', 'servicenow__incidents') }}

)

select
    said.source || ': incident ' || max(said.incident_id) || ' has the state ''' || said.state
    || ''', which is unknown; add it to dbt_project/seeds/servicenow_state_codes.csv' as message
from said
left join {{ ref('servicenow_state_codes') }} as states
    on said.state = states.state
where
    said.state is not null
    and states.state is null
group by said.source, said.state
order by said.source, said.state
