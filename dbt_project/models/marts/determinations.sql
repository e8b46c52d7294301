-- One row per definition and subject that has a candidate in the period.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    determinations.outcome,
    determinations.counted_by,
    determinations.subject_id,
    determinations.verdict,
    determinations.reason,
    determinations.candidate_event_id,
    determinations.concluded_at
from {{ ref('int_determinations') }} as determinations
inner join {{ ref('int_runs') }} as runs
    on determinations.contract_key = runs.contract_key
