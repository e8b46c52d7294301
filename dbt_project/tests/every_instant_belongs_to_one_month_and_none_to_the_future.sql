-- Months lie end to end, the run's own as its run has it, and no source was looked at beyond
-- `as_of`.
with months as (

    select
        contract_key,
        period,
        starts_at,
        ends_at,
        lead(starts_at) over (partition by contract_key order by starts_at) as next_starts_at
    from {{ source('terms', 'periods') }}

)

select
    'the month ' || period || ' ends at ' || ends_at || ' and the next one starts at '
    || coalesce(cast(next_starts_at as varchar(26)), 'never') as message
from months
where ends_at <= starts_at or ends_at <> next_starts_at
union all
select 'the month ' || runs.period || ' of the run has other bounds among the months' as message
from {{ ref('int_runs') }} as runs
inner join months
    on
        runs.contract_key = months.contract_key
        and runs.period = months.period
where runs.period_starts_at <> months.starts_at or runs.period_ends_at <> months.ends_at
union all
select
    'we looked at ' || coverage.event_type || ' until ' || coverage.observed_until
    || ', which is after as_of' as message
from {{ ref('int_coverage') }} as coverage
inner join {{ ref('int_runs') }} as runs
    on coverage.contract_key = runs.contract_key
where coverage.observed_until > runs.as_of
order by message
