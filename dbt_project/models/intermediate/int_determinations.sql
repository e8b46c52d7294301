-- One row per definition, subject and period: the best of its candidates there, in the order met,
-- pending, unverifiable, not_met, the earliest of equals. What is counted once per subject is
-- claimed by the first period that is met or may yet be; a later claim waits for it, or falls.
with candidates as (

    select * from {{ ref('int_candidate_verdicts') }}

),

definitions as (

    select * from {{ source('terms', 'definitions') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by definition_key, subject_id, period
            order by
                case verdict
                    when 'met' then 1
                    when 'pending' then 2
                    when 'unverifiable' then 3
                    else 4
                end,
                concluded_at,
                event_id
        ) as rank_in_period
    from candidates

),

best as (

    select * from ranked
    where rank_in_period = 1

),

claims as (

    select
        best.definition_key,
        best.subject_id,
        min(best.period_starts_at) as claimed_from,
        min_by(best.verdict, best.period_starts_at) as claimed_as
    from best
    inner join definitions
        on best.definition_key = definitions.definition_key
    where
        definitions.count_once_per = 'subject'
        and best.verdict in ('met', 'pending')
    group by best.definition_key, best.subject_id

),

counted as (

    select
        best.*,
        case
            when claims.claimed_as = 'met' and best.verdict in ('met', 'pending') then 'not_met'
            when claims.claimed_as = 'pending' and best.verdict = 'met' then 'pending'
        end as verdict_counted_before
    from best
    left join claims
        on
            best.definition_key = claims.definition_key
            and best.subject_id = claims.subject_id
            and best.period_starts_at > claims.claimed_from

)

select
    contract_key,
    definition_key,
    outcome,
    counted_by,
    period,
    subject_id,
    coalesce(verdict_counted_before, verdict) as verdict,
    case when verdict_counted_before is null then reason else 'counted_before' end as reason,
    candidate_key,
    event_id as candidate_event_id,
    concluded_at
from counted
