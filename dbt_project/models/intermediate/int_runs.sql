-- One row per contract that is run: the period, its bounds and `as_of`.
select
    runs.contract_key,
    runs.period,
    runs.period_starts_at,
    runs.period_ends_at,
    runs.as_of,
    runs.final_from,
    contracts.contract,
    contracts.version,
    contracts.currency_code,
    contracts.minor_units
from {{ source('terms', 'runs') }} as runs
inner join {{ source('terms', 'contracts') }} as contracts
    on runs.contract_key = contracts.contract_key
