-- One row per deletion of a ticket or meeting that stands: what was read again later was restored,
-- and what was merged into another is not deleted.
with deletions as (

    select
        contract_key,
        source,
        kind,
        object_id,
        occurred_at,
        epoch_ms,
        max(read_at) as seen_at
    from {{ source('landed', 'hubspot__deletions') }}
    group by contract_key, source, kind, object_id, occurred_at, epoch_ms

),

readings as (

    select
        contract_key,
        source,
        'tickets' as kind,
        ticket_id as object_id,
        max(read_at) as read_at
    from {{ source('landed', 'hubspot__tickets') }}
    group by contract_key, source, ticket_id
    union all
    select
        contract_key,
        source,
        'meetings' as kind,
        meeting_id as object_id,
        max(read_at) as read_at
    from {{ source('landed', 'hubspot__meetings') }}
    group by contract_key, source, meeting_id

)

select
    deletions.*,
    readings.object_id is not null as was_read
from deletions
left join readings
    on
        deletions.contract_key = readings.contract_key
        and deletions.source = readings.source
        and deletions.kind = readings.kind
        and deletions.object_id = readings.object_id
left join {{ ref('stg_hubspot__mergers') }} as mergers
    on
        deletions.contract_key = mergers.contract_key
        and deletions.source = mergers.source
        and deletions.kind = 'tickets'
        and deletions.object_id = mergers.merged_id
where
    mergers.merged_id is null
    and coalesce(readings.read_at <= deletions.seen_at, true)
