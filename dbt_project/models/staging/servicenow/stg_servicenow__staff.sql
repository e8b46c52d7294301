-- One row per user who has, or had when it was extracted, a role of those who work on incidents.
select
    contract_key,
    source,
    user_key,
    max(user_name) as user_name,
    bool_and(is_person) as is_person
from {{ source('landed', 'servicenow__staff') }}
group by contract_key, source, user_key
