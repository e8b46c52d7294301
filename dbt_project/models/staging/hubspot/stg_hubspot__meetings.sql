-- One row per meeting, as it was read last.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, meeting_id
            order by read_at desc, updated_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'hubspot__meetings') }}
    where record_kind = 'meeting'

)

select
    *,
    occurred_at as created_at,
    source || '-' || meeting_id as subject_id
from versions
where version_from_last = 1
