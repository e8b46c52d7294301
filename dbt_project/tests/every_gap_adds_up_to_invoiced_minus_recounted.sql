-- The parts of the gap explain every outcome that was invoiced and not recounted, or the other way
-- round: exactly, for each outcome. In money each line stands at its invoiced amount.
with parts as (

    select
        contract,
        outcome,
        sum(case
            when gap_part is null then 0
            when line_kind = 'recount' then -quantity
            else quantity
        end) as gap_count,
        sum(amount_invoiced) as amount_invoiced
    from {{ ref('line_totals') }}
    where line_kind in ('outcome', 'unattributed', 'recount')
    group by contract, outcome

),

outcomes as (

    select * from {{ ref('statement_outcomes') }}

)

select
    'outcome ''' || coalesce(outcomes.outcome, parts.outcome) || ''' was invoiced '
    || coalesce(outcomes.invoiced_count, 0) || ' times at ' || coalesce(outcomes.amount_invoiced, 0)
    || ' and recounted ' || coalesce(outcomes.recounted_count, 0)
    || ' times, and its lines explain ' || coalesce(parts.gap_count, 0) || ' at '
    || coalesce(parts.amount_invoiced, 0) as message
from outcomes
full outer join parts
    on
        outcomes.contract = parts.contract
        and outcomes.outcome = parts.outcome
where
    outcomes.outcome is null
    or outcomes.invoiced_count - outcomes.recounted_count <> coalesce(parts.gap_count, 0)
    or outcomes.amount_invoiced <> coalesce(parts.amount_invoiced, 0)
order by message
