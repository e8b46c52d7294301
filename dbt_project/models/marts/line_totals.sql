-- One row per outcome, kind of line, match_status, reason and part of the gap.
select
    contract,
    version,
    period,
    as_of,
    outcome,
    line_kind,
    match_status,
    reason,
    gap_part,
    count(*) as line_count,
    cast(sum(quantity) as decimal(18, 6)) as quantity,
    cast(sum(coalesce(amount_invoiced, 0)) as decimal(18, 6)) as amount_invoiced,
    cast(sum(case
        when line_kind = 'recount' then -amount_recounted
        when gap_part is not null then amount_invoiced
        else 0
    end) as decimal(18, 6)) as amount_of_gap
from {{ ref('reconciliation_lines') }}
group by
    contract, version, period, as_of, outcome, line_kind, match_status, reason, gap_part
