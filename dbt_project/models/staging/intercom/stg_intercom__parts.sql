-- One row per part of a conversation, as it was retrieved last: one that came twice is one, and one
-- that a later retrieval does not show any more is still there. Beside it stands what it leaves the
-- conversation in, and what the part before it that changes that left.
with versions as (

    select
        *,
        lpad(part_id, 20, '0') as part_number,
        row_number() over (
            partition by contract_key, source, conversation_id, part_id
            order by version_at desc, seen_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'intercom__conversations') }}
    where record_kind = 'part'

),

translated as (

    select
        versions.*,
        part_types.leaves,
        part_types.tells,
        -- a merge closes what is merged in the same second, and solves nothing
        max(case when part_types.tells = 'merge' then 1 else 0 end) over (
            partition by
                versions.contract_key, versions.source, versions.conversation_id,
                versions.occurred_at
        ) as is_merging
    from versions
    left join {{ ref('intercom_part_types') }} as part_types
        on versions.part_type = part_types.part_type
    where versions.version_from_last = 1

),

sequenced as (

    select
        *,
        lag(leaves) over (
            partition by contract_key, source, conversation_id, leaves is null
            order by occurred_at, part_number
        ) as left_before
    from translated

)

select
    *,
    case
        -- what wakes after a snooze was not closed, and what was never closed is not reopened
        when leaves = 'open' and left_before = 'closed' then 'reopened'
        when leaves = 'closed' and coalesce(left_before, 'open') <> 'closed' and is_merging = 0
            then 'solved'
    end as state_change
from sequenced
