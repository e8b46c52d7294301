-- One row per definition and concluding event of the period.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    candidates.outcome,
    candidates.counted_by,
    candidates.subject_id,
    candidates.event_id as candidate_event_id,
    candidates.concluded_at,
    candidates.verdict,
    candidates.reason
from {{ ref('int_candidate_verdicts') }} as candidates
inner join {{ ref('int_runs') }} as runs
    on
        candidates.contract_key = runs.contract_key
        and candidates.period = runs.period
