-- One row per status and name that it had in any list of statuses, and what the name means:
-- Freshdesk's own statuses keep their numbers, and of the others only the contract knows.
select distinct
    names.contract_key,
    names.source,
    names.status_id,
    names.status_name,
    coalesce(names.said_kind, statuses.status_kind) as status_kind
from {{ source('landed', 'freshdesk__statuses') }} as names
left join {{ ref('freshdesk_statuses') }} as statuses
    on names.status_id = statuses.status_id
