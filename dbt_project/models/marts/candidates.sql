-- One row per definition and concluding event of the period.
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
    candidates.verdict,
    candidates.reason
from {{ ref('int_candidate_verdicts') }} as candidates
inner join {{ ref('int_runs') }} as runs
    on
        candidates.contract_key = runs.contract_key
        and candidates.period = runs.period
inner join {{ source('terms', 'definitions') }} as definitions
    on candidates.definition_key = definitions.definition_key
inner join {{ ref('int_judged_subjects') }} as judged
    on candidates.subject_key = judged.subject_key
