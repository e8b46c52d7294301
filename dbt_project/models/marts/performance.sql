-- One row per performance term of the contract: the share that our count reached, and what the
-- contract charges or credits for it.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    performance.term,
    performance.outcome,
    performance.per,
    cast(performance.at_least as decimal(18, 6)) as percent_to_reach,
    performance.baseline,
    cast(performance.baseline_share * 100 as decimal(18, 6)) as percent_of_baseline,
    cast(performance.met_count as bigint) as met_count,
    cast(performance.judged_count as bigint) as judged_count,
    cast(performance.interval_count as bigint) as interval_count,
    cast(performance.reached_count as bigint) as reached_count,
    performance.quantity,
    performance.amount
from {{ ref('int_performance') }} as performance
inner join {{ ref('int_runs') }} as runs
    on performance.contract_key = runs.contract_key
where performance.basis = 'recounted'
