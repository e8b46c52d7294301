-- One row per entry of a ticket's history and content that the API gave it: an entry that came
-- twice is one, two values of one instant are two contents.
with contents as (

    select
        contract_key,
        source,
        ticket_id,
        record_kind,
        occurred_at,
        epoch_ms,
        value,
        contract_kind,
        min_by(source_type, read_at) as source_type,
        min_by(user_key, read_at) as user_key,
        min_by(actor, read_at) as actor,
        min(read_at) as first_read_at
    from {{ source('landed', 'hubspot__tickets') }}
    where record_kind in ('stage', 'owner')
    group by
        contract_key, source, ticket_id, record_kind, occurred_at, epoch_ms, value, contract_kind

),

numbered as (

    select
        *,
        row_number() over (
            partition by contract_key, source, ticket_id, record_kind, occurred_at
            order by value
        ) as content_number
    from contents

)

select
    *,
    lpad(cast(epoch_ms as varchar(14)), 13, '0')
    || '-' || lpad(cast(ticket_id as varchar(20)), 15, '0')
    || '-1-' || content_number as place
from numbered
