-- One row per performance term of the contract and interval in which its share is taken (the month,
-- or each local day or hour): how many of our determinations are met there.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    intervals.term,
    intervals.interval_name,
    intervals.starts_at,
    intervals.ends_at,
    cast(intervals.met_count as bigint) as met_count,
    cast(intervals.judged_count as bigint) as judged_count,
    intervals.is_reached
from {{ ref('int_performance_intervals') }} as intervals
inner join {{ ref('int_runs') }} as runs
    on intervals.contract_key = runs.contract_key
where intervals.basis = 'recounted'
