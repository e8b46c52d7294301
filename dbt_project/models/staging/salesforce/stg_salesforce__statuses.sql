-- One row per word for a status of a case, with what the org says that it means. The case has the
-- status by its API name, and history by the label that it had then.
with words as (

    select
        contract_key,
        source,
        api_name as status,
        is_closed
    from {{ source('landed', 'salesforce__statuses') }}
    union
    select
        contract_key,
        source,
        label as status,
        is_closed
    from {{ source('landed', 'salesforce__statuses') }}

)

select
    contract_key,
    source,
    status,
    case when bool_and(is_closed) then 'solved' else 'open' end as status_kind
from words
group by contract_key, source, status
