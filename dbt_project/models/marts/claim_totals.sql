-- One row per claim, and whether its subjects are billed and whether we count them: the vendor's
-- own system, its invoice and our count side by side.
select
    contract,
    version,
    period,
    as_of,
    claim,
    invoiced_count > 0 as is_invoiced,
    recounted_count > 0 as is_recounted,
    count(*) as subject_count
from {{ ref('claims') }}
group by contract, version, period, as_of, claim, invoiced_count > 0, recounted_count > 0
