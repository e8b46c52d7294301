-- A type of part that the map does not have stops the run: it may be one that reopens.
select
    parts.source || ': part ' || min(parts.part_id) || ' of conversation '
    || min(parts.conversation_id) || ' has the type ''' || parts.part_type
    || ''', which is unknown; add it to dbt_project/seeds/intercom_part_types.csv' as message
from {{ source('landed', 'intercom__conversations') }} as parts
left join {{ ref('intercom_part_types') }} as part_types
    on parts.part_type = part_types.part_type
where
    parts.record_kind = 'part'
    and part_types.part_type is null
group by parts.source, parts.part_type
order by min(parts.conversation_id)
