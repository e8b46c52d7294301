-- Nothing that was invoiced may vanish, come twice or change its amount on the way to the
-- reconciliation. The mirror is every_determination_is_placed_once.
with lines as (

    select
        runs.contract,
        lines.invoice_id,
        lines.line_id,
        count(*) as staged_count,
        sum(lines.amount) as amount
    from {{ ref('int_invoice_lines') }} as lines
    inner join {{ ref('int_runs') }} as runs
        on lines.contract_key = runs.contract_key
    group by runs.contract, lines.invoice_id, lines.line_id

),

placed as (

    select
        contract,
        invoice_id,
        line_id,
        count(*) as placed_count,
        sum(amount_invoiced) as amount
    from {{ ref('reconciliation_lines') }}
    where line_kind <> 'recount'
    group by contract, invoice_id, line_id

)

select
    'line ''' || coalesce(lines.line_id, placed.line_id) || ''' of invoice '''
    || coalesce(lines.invoice_id, placed.invoice_id) || ''' is there '
    || coalesce(lines.staged_count, 0) || ' times with ' || coalesce(lines.amount, 0)
    || ' and is reconciled ' || coalesce(placed.placed_count, 0) || ' times with '
    || coalesce(placed.amount, 0) || '; it must be once, with the same amount' as message
from lines
full outer join placed
    on
        lines.contract = placed.contract
        and lines.invoice_id = placed.invoice_id
        and lines.line_id = placed.line_id
where
    coalesce(lines.staged_count, 0) <> 1
    or coalesce(placed.placed_count, 0) <> 1
    or lines.amount <> placed.amount
order by message
