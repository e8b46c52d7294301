-- One row per candidate: not_met if any clause is, else unverifiable, else pending, else met. Its
-- reason is the first clause, in contract order, with that verdict. What is concluded before its
-- milestone is not_met, whatever its clauses are.
with candidates as (

    select * from {{ ref('int_candidates') }}

),

clauses as (

    select * from {{ source('terms', 'clauses') }}

),

definitions as (

    select * from {{ source('terms', 'definitions') }}

),

weighed as (

    select
        clause_verdicts.candidate_key,
        min(case when clause_verdicts.verdict = 'not_met' then clauses.clause_number end)
            as first_not_met,
        min(case when clause_verdicts.verdict = 'unverifiable' then clauses.clause_number end)
            as first_unverifiable,
        min(case when clause_verdicts.verdict = 'pending' then clauses.clause_number end)
            as first_pending,
        max(clause_verdicts.window_ends_at) as matured_at
    from {{ ref('int_clause_verdicts') }} as clause_verdicts
    inner join clauses
        on clause_verdicts.clause_key = clauses.clause_key
    group by clause_verdicts.candidate_key

),

judged as (

    select
        candidates.*,
        coalesce(candidates.concluded_at < definitions.counts_from, false) as is_before_milestone,
        case
            when candidates.concluded_at < definitions.counts_from then 'not_met'
            when weighed.first_not_met is not null then 'not_met'
            when weighed.first_unverifiable is not null then 'unverifiable'
            when weighed.first_pending is not null then 'pending'
            else 'met'
        end as verdict,
        coalesce(weighed.first_not_met, weighed.first_unverifiable, weighed.first_pending)
            as reason_number,
        case
            when definitions.counts_in = 'matured' and weighed.matured_at > candidates.concluded_at
                then weighed.matured_at
            else candidates.concluded_at
        end as counted_at
    from candidates
    inner join definitions
        on candidates.definition_key = definitions.definition_key
    left join weighed
        on candidates.candidate_key = weighed.candidate_key

)

select
    judged.candidate_key,
    judged.contract_key,
    judged.definition_key,
    judged.subject_key,
    judged.event_id,
    judged.concluded_at,
    judged.opened_at,
    judged.verdict,
    case when judged.is_before_milestone then 'before_milestone' else clauses.clause end as reason,
    judged.counted_at,
    periods.period,
    periods.starts_at as period_starts_at
from judged
left join clauses
    on
        judged.definition_key = clauses.definition_key
        and judged.reason_number = clauses.clause_number
left join {{ source('terms', 'periods') }} as periods
    on
        judged.contract_key = periods.contract_key
        and judged.counted_at >= periods.starts_at
        and judged.counted_at < periods.ends_at
