-- One row per candidate of the period and clause, with the event by which we know.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    definitions.outcome,
    definitions.counted_by,
    judged.subject_id,
    candidates.event_id as candidate_event_id,
    candidates.concluded_at,
    clauses.clause_number,
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
inner join {{ source('terms', 'definitions') }} as definitions
    on candidates.definition_key = definitions.definition_key
inner join {{ source('terms', 'clauses') }} as clauses
    on clause_verdicts.clause_key = clauses.clause_key
inner join {{ ref('int_judged_subjects') }} as judged
    on candidates.subject_key = judged.subject_key
