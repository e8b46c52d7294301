-- A state that the map does not have stops the run.
select
    log_rows.file || ', record ' || min(log_rows.record_number) || ': incident state '''
    || log_rows.incident_state
    || ''' is unknown; correct it, or add it to dbt_project/seeds/servicenow_states.csv' as message
from {{ source('landed', 'servicenow_export__rows') }} as log_rows
left join {{ ref('servicenow_states') }} as states
    on log_rows.incident_state = states.incident_state
where states.incident_state is null
group by log_rows.file, log_rows.incident_state
order by min(log_rows.record_number)
