-- One row per ticket, as it was read last.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, ticket_id
            order by read_at desc, updated_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'hubspot__tickets') }}
    where record_kind = 'ticket'

)

select
    *,
    value as stage_id,
    occurred_at as created_at,
    source || '-' || ticket_id as subject_id
from versions
where version_from_last = 1
