-- One row per entry in the history of a ticket that is left of a merger, and that was landed of a
-- ticket which was merged into it: it happened once, and to that one. What was read before the
-- merger is the ticket's own, even where the other's looks the same.
select distinct
    changes.contract_key,
    changes.source,
    changes.ticket_id,
    changes.record_kind,
    changes.occurred_at,
    changes.value
from {{ ref('stg_hubspot__changes') }} as changes
inner join {{ ref('stg_hubspot__mergers') }} as mergers
    on
        changes.contract_key = mergers.contract_key
        and changes.source = mergers.source
        and changes.ticket_id = mergers.survivor_id
        and changes.occurred_at <= mergers.merged_at
        and changes.first_read_at > mergers.merged_at
inner join {{ ref('stg_hubspot__changes') }} as others
    on
        changes.contract_key = others.contract_key
        and changes.source = others.source
        and changes.record_kind = others.record_kind
        and changes.occurred_at = others.occurred_at
        and changes.value = others.value
        and mergers.merged_id = others.ticket_id
