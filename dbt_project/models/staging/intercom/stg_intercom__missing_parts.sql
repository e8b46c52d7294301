-- One row per conversation of which old parts may be missing. Intercom gives the 500 most recent
-- ones; the rest is known only if an extraction before had the first of those 500 already.
with landed as (

    select * from {{ source('landed', 'intercom__conversations') }}

),

cut_short as (

    select
        contract_key,
        source,
        conversation_id,
        version_at,
        seen_at
    from landed
    where record_kind = 'conversation' and (part_count >= 500 or part_total > part_count)

),

parts as (

    select
        *,
        lpad(cast(epoch_second as varchar(12)), 12, '0') || '-' || lpad(part_id, 20, '0')
            as place,
        min(seen_at) over (partition by contract_key, source, conversation_id, part_id)
            as first_seen_at
    from landed
    where record_kind = 'part'

),

beginnings as (

    select
        cut_short.contract_key,
        cut_short.source,
        cut_short.conversation_id,
        cut_short.version_at,
        cut_short.seen_at,
        min_by(parts.first_seen_at, parts.place) as first_seen_at
    from cut_short
    left join parts
        on
            cut_short.contract_key = parts.contract_key
            and cut_short.source = parts.source
            and cut_short.conversation_id = parts.conversation_id
            and cut_short.version_at = parts.version_at
            and cut_short.seen_at = parts.seen_at
    group by
        cut_short.contract_key, cut_short.source, cut_short.conversation_id,
        cut_short.version_at, cut_short.seen_at

)

select distinct
    contract_key,
    source,
    conversation_id
from beginnings
where coalesce(first_seen_at, seen_at) >= seen_at
