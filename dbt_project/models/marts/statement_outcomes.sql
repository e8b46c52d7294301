-- One row per outcome of the contract: invoiced beside recounted.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    totals.outcome,
    cast(totals.invoiced_count as bigint) as invoiced_count,
    totals.recounted_count,
    cast(totals.over_invoiced_count as bigint) as over_invoiced_count,
    cast(totals.under_invoiced_count as bigint) as under_invoiced_count,
    cast(totals.total_over_invoiced_count as bigint) as over_invoiced_in_total_count,
    cast(totals.total_under_invoiced_count as bigint) as under_invoiced_in_total_count,
    totals.unverifiable_count,
    totals.pending_determination_count,
    cast(totals.unattributed_count as bigint) as unattributed_count,
    cast(totals.payable_count as bigint) as payable_count,
    cast(totals.amount_invoiced as decimal(18, 6)) as amount_invoiced,
    totals.amount_recounted,
    totals.amount_over_invoiced,
    totals.amount_under_invoiced,
    totals.amount_over_invoiced_in_total,
    totals.amount_under_invoiced_in_total,
    cast(totals.amount_pending as decimal(18, 6)) as amount_pending
from {{ ref('int_outcome_amounts') }} as totals
inner join {{ ref('int_runs') }} as runs
    on totals.contract_key = runs.contract_key
