-- One row per contract and event type that its sources show: from when, and until when we looked.
-- Where several sources show a type, only what all of them have observed is observed.
select
    contract_key,
    event_type,
    max(observed_from) as observed_from,
    min(observed_until) as observed_until
from {{ source('landed', 'coverage') }}
group by contract_key, event_type
