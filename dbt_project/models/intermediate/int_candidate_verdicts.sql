-- One row per candidate: not_met if any clause is, else unverifiable, else pending, else met. Its
-- reason is the first clause, in contract order, with that verdict.
with candidates as (

    select * from {{ ref('int_candidates') }}

),

clause_verdicts as (

    select * from {{ ref('int_clause_verdicts') }}

),

definitions as (

    select * from {{ source('terms', 'definitions') }}

),

weighed as (

    select
        candidate_key,
        min(case when verdict = 'not_met' then clause_number end) as first_not_met,
        min(case when verdict = 'unverifiable' then clause_number end) as first_unverifiable,
        min(case when verdict = 'pending' then clause_number end) as first_pending,
        max(window_ends_at) as matured_at
    from clause_verdicts
    group by candidate_key

),

judged as (

    select
        candidates.*,
        case
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
    judged.*,
    clauses.clause as reason,
    periods.period,
    periods.starts_at as period_starts_at
from judged
left join {{ source('terms', 'clauses') }} as clauses
    on
        judged.definition_key = clauses.definition_key
        and judged.reason_number = clauses.clause_number
left join {{ source('terms', 'periods') }} as periods
    on
        judged.contract_key = periods.contract_key
        and judged.counted_at >= periods.starts_at
        and judged.counted_at < periods.ends_at
