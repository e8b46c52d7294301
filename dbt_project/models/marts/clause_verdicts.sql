-- One row per candidate of the period and clause, with the event by which we know.
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
    clause_verdicts.clause_number,
    clause_verdicts.clause,
    clause_verdicts.verdict,
    clause_verdicts.deciding_event_id,
    clause_verdicts.window_ends_at
from {{ ref('int_clause_verdicts') }} as clause_verdicts
inner join {{ ref('int_candidate_verdicts') }} as candidates
    on clause_verdicts.candidate_key = candidates.candidate_key
inner join {{ ref('int_runs') }} as runs
    on
        candidates.contract_key = runs.contract_key
        and candidates.period = runs.period
