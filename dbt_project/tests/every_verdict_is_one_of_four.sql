-- What is judged is met, not met, pending or unverifiable, and nothing else: a word that no decision
-- knows would count for nobody. The marts of verdicts are views, which no constraint guards.
with verdicts as (

    select
        'a clause' as judged,
        verdict
    from {{ ref('int_clause_verdicts') }}
    union all
    select
        'a candidate' as judged,
        verdict
    from {{ ref('int_candidate_verdicts') }}
    union all
    select
        'a determination' as judged,
        verdict
    from {{ ref('int_determinations') }}

)

select
    count(*) || ' times the verdict on ' || judged || ' is ' || coalesce(verdict, 'missing')
    || ', and must be met, not_met, pending or unverifiable' as message
from verdicts
where coalesce(verdict, 'missing') not in ('met', 'not_met', 'pending', 'unverifiable')
group by judged, verdict
order by message
