-- One row per ticket or meeting that was deleted or merged before it was read: nobody knows what
-- became of it, which is not the same as nothing.
select distinct
    contract_key,
    source,
    object_id
from {{ ref('stg_hubspot__deletions') }}
where not was_read
union
select
    mergers.contract_key,
    mergers.source,
    mergers.merged_id as object_id
from {{ ref('stg_hubspot__mergers') }} as mergers
left join {{ ref('stg_hubspot__tickets') }} as tickets
    on
        mergers.contract_key = tickets.contract_key
        and mergers.source = tickets.source
        and mergers.merged_id = tickets.ticket_id
where tickets.ticket_id is null
