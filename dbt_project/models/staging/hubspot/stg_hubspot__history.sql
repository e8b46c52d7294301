-- One row per entry of a ticket's history, and whether it is the ticket's own: what a merger copied
-- or set is not.
select
    changes.*,
    copies.ticket_id is not null as is_copy,
    copies.ticket_id is null and coalesce(changes.source_type, '') <> 'MERGE_OBJECTS' as is_own
from {{ ref('stg_hubspot__changes') }} as changes
left join {{ ref('stg_hubspot__copies') }} as copies
    on
        changes.contract_key = copies.contract_key
        and changes.source = copies.source
        and changes.ticket_id = copies.ticket_id
        and changes.record_kind = copies.record_kind
        and changes.occurred_at = copies.occurred_at
        and changes.value = copies.value
