-- Every subject with a candidate in the period has one determination, and nobody else has: the best
-- of its candidates, unless an earlier period claims the subject.
with candidates as (

    select
        contract,
        outcome,
        counted_by,
        subject_id,
        min(case verdict
            when 'met' then 1
            when 'pending' then 2
            when 'unverifiable' then 3
            else 4
        end) as best_rank
    from {{ ref('candidates') }}
    group by contract, outcome, counted_by, subject_id

),

determinations as (

    select
        *,
        case verdict
            when 'met' then 1
            when 'pending' then 2
            when 'unverifiable' then 3
            else 4
        end as verdict_rank
    from {{ ref('determinations') }}

)

select
    'subject ''' || coalesce(candidates.subject_id, determinations.subject_id)
    || ''' is determined ' || coalesce(determinations.verdict, 'nowhere')
    || ' (' || coalesce(determinations.reason, '-')
    || '), which does not follow from its candidates' as message
from candidates
full outer join determinations
    on
        candidates.contract = determinations.contract
        and candidates.outcome = determinations.outcome
        and candidates.counted_by = determinations.counted_by
        and candidates.subject_id = determinations.subject_id
where
    candidates.subject_id is null
    or determinations.subject_id is null
    or determinations.verdict_rank < candidates.best_rank
    or (
        determinations.verdict_rank > candidates.best_rank
        and (determinations.reason is null or determinations.reason <> 'counted_before')
    )
order by message
