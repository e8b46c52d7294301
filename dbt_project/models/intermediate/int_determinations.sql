-- One row per definition and subject that has a candidate in the run's period: the best of them, in
-- the order met, pending, unverifiable, not_met, the earliest of equals. What is counted once per
-- subject is claimed by the first period that is met or may yet be; a later claim waits for it, or
-- falls.
with candidates as (

    select
        candidates.*,
        row_number() over (
            partition by candidates.definition_key, candidates.subject_key
            order by
                case candidates.verdict
                    when 'met' then 1
                    when 'pending' then 2
                    when 'unverifiable' then 3
                    else 4
                end,
                candidates.concluded_at,
                candidates.event_id
        ) as rank_in_period
    from {{ ref('int_candidate_verdicts') }} as candidates
    inner join {{ source('terms', 'runs') }} as runs
        on
            candidates.contract_key = runs.contract_key
            and candidates.period = runs.period

),

definitions as (

    select * from {{ source('terms', 'definitions') }}

),

-- only a subject with candidates in several periods can have been counted before
claims as (

    select
        definition_key,
        subject_key,
        min(case when verdict in ('met', 'pending') then period_starts_at end) as claimed_from,
        min(case when verdict = 'met' then period_starts_at end) as met_from
    from {{ ref('int_candidate_verdicts') }}
    group by definition_key, subject_key
    having min(period_starts_at) < max(period_starts_at)

),

counted as (

    select
        candidates.*,
        definitions.outcome,
        definitions.counted_by,
        case
            when claims.claimed_from is null then null
            when claims.met_from = claims.claimed_from and candidates.verdict in ('met', 'pending')
                then 'not_met'
            when candidates.verdict = 'met' then 'pending'
        end as verdict_counted_before
    from candidates
    inner join definitions
        on candidates.definition_key = definitions.definition_key
    left join claims
        on
            candidates.definition_key = claims.definition_key
            and candidates.subject_key = claims.subject_key
            and candidates.period_starts_at > claims.claimed_from
            and definitions.count_once_per = 'subject'
    where candidates.rank_in_period = 1

)

select
    counted.contract_key,
    counted.outcome,
    counted.counted_by,
    judged.subject_id,
    coalesce(counted.verdict_counted_before, counted.verdict) as verdict,
    case when counted.verdict_counted_before is null then counted.reason else 'counted_before' end
        as reason,
    counted.candidate_key,
    counted.event_id as candidate_event_id,
    counted.concluded_at,
    counted.counted_at
from counted
inner join {{ ref('int_judged_subjects') }} as judged
    on counted.subject_key = judged.subject_key
