-- One row per measurement of an issue's service level, as it was read last: Jira works it out anew
-- when somebody edits the goal or the calendar.
with readings as (

    select
        *,
        row_number() over (
            partition by contract_key, source, issue_id, level, started_at
            order by read_at desc, file desc, record_number desc
        ) as reading_from_last
    from {{ source('landed', 'jira__service_levels') }}

)

select
    *,
    row_number() over (
        partition by contract_key, source, issue_id, level order by started_at
    ) as cycle_number
from readings
where reading_from_last = 1
