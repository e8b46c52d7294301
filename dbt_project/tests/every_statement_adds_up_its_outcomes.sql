-- Every contract that is run has one statement and its control totals; its figures are the sums of
-- its outcomes', of its lines' and of its determinations'. Only the invoice as a whole is rounded to
-- the minor unit.
with runs as (

    select * from {{ ref('int_runs') }}

),

outcomes as (

    select
        contract,
        sum(invoiced_count) as invoiced_count,
        sum(recounted_count) as recounted_count,
        sum(over_invoiced_count) as over_invoiced_count,
        sum(under_invoiced_count) as under_invoiced_count,
        sum(pending_determination_count) as pending_determination_count
    from {{ ref('statement_outcomes') }}
    group by contract

),

verdicts as (

    select
        contract,
        sum(case when verdict = 'met' then verdict_count else 0 end) as met_count,
        sum(case when verdict = 'pending' then verdict_count else 0 end) as pending_count
    from {{ ref('verdict_totals') }}
    where judged = 'determination' and counted_by = 'buyer'
    group by contract

),

lines as (

    select
        contract,
        sum(case when line_kind = 'recount' then 0 else line_count end) as line_count,
        sum(amount_invoiced) as amount_invoiced
    from {{ ref('line_totals') }}
    group by contract

),

compared as (

    select
        runs.contract,
        count(statements.contract) over (partition by runs.contract) as statement_count,
        count(control_totals.contract) over (partition by runs.contract) as control_totals_count,
        coalesce(
            statements.invoiced_count = outcomes.invoiced_count
            and statements.recounted_count = outcomes.recounted_count
            and statements.over_invoiced_count = outcomes.over_invoiced_count
            and statements.under_invoiced_count = outcomes.under_invoiced_count
            and statements.pending_determination_count = outcomes.pending_determination_count,
            false
        ) as are_outcomes_added_up,
        coalesce(verdicts.met_count, 0) = coalesce(statements.recounted_count, -1)
        and coalesce(verdicts.pending_count, 0) = statements.pending_determination_count
            as are_determinations_added_up,
        coalesce(lines.line_count, 0) = coalesce(statements.line_count, -1)
        and abs(coalesce(lines.amount_invoiced, 0) - statements.amount_invoiced) * 2
        <= {{ minor_unit_of('runs.minor_units') }} as are_lines_added_up
    from runs
    left join {{ ref('statements') }} as statements
        on runs.contract = statements.contract
    left join {{ ref('control_totals') }} as control_totals
        on runs.contract = control_totals.contract
    left join outcomes
        on runs.contract = outcomes.contract
    left join verdicts
        on runs.contract = verdicts.contract
    left join lines
        on runs.contract = lines.contract

)

select
    contract || ' has ' || statement_count || ' statements and control totals '
    || control_totals_count || ' times; its outcomes are '
    || case when are_outcomes_added_up then '' else 'not ' end || 'added up, its determinations '
    || case when are_determinations_added_up then '' else 'not ' end || 'and its lines '
    || case when are_lines_added_up then '' else 'not ' end || 'added up' as message
from compared
where
    statement_count <> 1
    or control_totals_count <> 1
    or not are_outcomes_added_up
    or not are_determinations_added_up
    or not are_lines_added_up
