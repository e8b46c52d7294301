-- A clause without a verdict would let a candidate pass that nobody looked at.
with candidates as (

    select
        candidate_key,
        min(definition_key) as definition_key,
        min(subject_key) as subject_key,
        count(*) as candidate_count
    from {{ ref('int_candidate_verdicts') }}
    group by candidate_key

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
        candidates.subject_key,
        coalesce(candidates.candidate_count, 1) as candidate_count,
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
    'a candidate of subject ''' || coalesce(subjects.subject_id, 'of no candidate') || ''' has '
    || compared.verdict_count || ' verdicts on ' || compared.clause_judged_count
    || ' clauses, and its definition has ' || compared.clause_count || ' clauses' as message
from compared
left join {{ ref('int_judged_subjects') }} as subjects
    on compared.subject_key = subjects.subject_key
where
    compared.clause_count <> compared.clause_judged_count
    or compared.clause_count <> compared.verdict_count
    or compared.candidate_count > 1
order by message
