-- One row per outcome, side, thing judged (candidate or determination) and verdict of the period.
select
    contract,
    version,
    period,
    as_of,
    outcome,
    counted_by,
    'candidate' as judged,
    verdict,
    count(*) as verdict_count
from {{ ref('candidates') }}
group by contract, version, period, as_of, outcome, counted_by, verdict
union all
select
    contract,
    version,
    period,
    as_of,
    outcome,
    counted_by,
    'determination' as judged,
    verdict,
    count(*) as verdict_count
from {{ ref('determinations') }}
group by contract, version, period, as_of, outcome, counted_by, verdict
