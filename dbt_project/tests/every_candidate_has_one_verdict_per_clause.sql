-- A clause without a verdict would let a candidate pass that nobody looked at.
with candidates as (

    select
        candidate_key,
        definition_key,
        subject_id
    from {{ ref('int_candidate_verdicts') }}

),

clauses as (

    select
        definition_key,
        count(*) as clause_count
    from {{ source('terms', 'clauses') }}
    group by definition_key

),

judged as (

    select
        candidate_key,
        count(verdict) as verdict_count,
        count(distinct clause_key) as clause_count
    from {{ ref('int_clause_verdicts') }}
    group by candidate_key

),

compared as (

    select
        coalesce(candidates.subject_id, 'of no candidate') as subject_id,
        count(candidates.candidate_key) over (partition by candidates.candidate_key)
            as candidate_count,
        coalesce(clauses.clause_count, 0) as clause_count,
        coalesce(judged.verdict_count, 0) as verdict_count,
        coalesce(judged.clause_count, 0) as clause_judged_count
    from candidates
    left join clauses
        on candidates.definition_key = clauses.definition_key
    full outer join judged
        on candidates.candidate_key = judged.candidate_key

)

select
    'a candidate of subject ''' || subject_id || ''' has ' || verdict_count || ' verdicts on '
    || clause_judged_count || ' clauses, and its definition has ' || clause_count || ' clauses'
        as message
from compared
where
    clause_count <> clause_judged_count
    or clause_count <> verdict_count
    or candidate_count > 1
order by message
