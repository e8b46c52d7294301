-- One row per audited change of a field and content that the API gave it: a change that came twice
-- is one, one that came with two contents is two.
with changes as (

    select distinct
        contract_key,
        source,
        audit_id,
        incident_id,
        occurred_at,
        field,
        old_value,
        new_value,
        actor,
        checkpoint
    from {{ source('landed', 'servicenow__audit') }}

)

select
    *,
    row_number() over (
        partition by contract_key, source, audit_id
        order by occurred_at, checkpoint, incident_id, field, old_value, new_value, actor
    ) as content_number,
    -- each update of an incident has a number of its own, also within a second
    lpad(cast(checkpoint as varchar(20)), 10, '0') as place
from changes
