-- One row per outcome whose contract narrows the scope.
select distinct
    contract_key,
    outcome
from {{ source('terms', 'scope_terms') }}
