-- The state sequence of an incident log is the order of its records; an export that is sorted with
-- the newest first would turn every conclusion into a reopening.
with steps as (

    select
        contract_key,
        source,
        file,
        sys_updated_at,
        lag(sys_updated_at) over (
            partition by contract_key, source, number order by record_number
        ) as previous_at
    from {{ source('landed', 'servicenow_export__rows') }}

)

select
    file || ' runs backwards in time: sort it by number, then by sys_updated_at, oldest first'
        as message
from steps
group by contract_key, source, file
having
    count(case when sys_updated_at < previous_at then 1 end)
    > count(case when sys_updated_at > previous_at then 1 end)
