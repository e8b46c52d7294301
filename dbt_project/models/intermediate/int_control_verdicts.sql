-- One row per contract: every candidate has one verdict per clause and one place in time.
with candidates as (

    select
        contract_key,
        definition_key,
        count(*) as candidate_count,
        count(case when period is null then 1 end) as candidate_without_period_count,
        count(case when concluded_at < opened_at then 1 end)
            as candidate_concluded_before_opened_count
    from {{ ref('int_candidate_verdicts') }}
    group by contract_key, definition_key

),

clauses as (

    select
        definition_key,
        count(*) as clause_count
    from {{ source('terms', 'clauses') }}
    group by definition_key

),

clause_verdicts as (

    select
        clauses.definition_key,
        count(*) as clause_verdict_count
    from {{ ref('int_clause_verdicts') }} as clause_verdicts
    inner join {{ source('terms', 'clauses') }} as clauses
        on clause_verdicts.clause_key = clauses.clause_key
    group by clauses.definition_key

)

select
    candidates.contract_key,
    sum(candidates.candidate_count) as candidate_count,
    sum(candidates.candidate_without_period_count) as candidate_without_period_count,
    sum(candidates.candidate_concluded_before_opened_count)
        as candidate_concluded_before_opened_count,
    sum(candidates.candidate_count * coalesce(clauses.clause_count, 0))
        as clause_verdict_expected_count,
    sum(coalesce(clause_verdicts.clause_verdict_count, 0)) as clause_verdict_count
from candidates
left join clauses
    on candidates.definition_key = clauses.definition_key
left join clause_verdicts
    on candidates.definition_key = clause_verdicts.definition_key
group by candidates.contract_key
