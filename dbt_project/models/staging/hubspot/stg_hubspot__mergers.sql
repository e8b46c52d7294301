-- One row per ticket that was merged into another: the first entry that says so counts, as the one
-- that is left may be merged, too, and then tells all of it again.
with told as (

    select
        *,
        lpad(cast(epoch_ms as varchar(14)), 13, '0')
        || '-' || lpad(cast(ticket_id as varchar(20)), 15, '0') as told_place
    from {{ source('landed', 'hubspot__tickets') }}
    where record_kind = 'merger'

)

select
    contract_key,
    source,
    merged_id,
    min_by(ticket_id, told_place) as survivor_id,
    min(occurred_at) as merged_at,
    min(epoch_ms) as epoch_ms,
    min_by(source_type, told_place) as source_type,
    min_by(user_key, told_place) as user_key,
    min_by(actor, told_place) as actor
from told
group by contract_key, source, merged_id
