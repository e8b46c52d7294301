-- One row per change of an issue and content that the API gave it: a change that came twice is one,
-- one that came with two contents is two. Who made it is told as it was at the first reading, as
-- people leave and accounts change.
with contents as (

    select
        contract_key,
        source,
        issue_id,
        change_id,
        occurred_at,
        epoch_ms,
        previous_status_id,
        status_id,
        previous_status_kind as said_previous_kind,
        status_kind as said_kind,
        was_assigned,
        is_assigned,
        min_by(author, read_at) as author,
        min_by(author_key, read_at) as author_key,
        min_by(author_type, read_at) as author_type
    from {{ source('landed', 'jira__changes') }}
    group by
        contract_key, source, issue_id, change_id, occurred_at, epoch_ms, previous_status_id,
        status_id, previous_status_kind, status_kind, was_assigned, is_assigned

),

numbered as (

    select
        *,
        row_number() over (
            partition by contract_key, source, change_id
            order by occurred_at, issue_id, status_id, previous_status_id, is_assigned, was_assigned
        ) as content_number
    from contents

)

select
    *,
    lpad(cast(epoch_ms as varchar(14)), 13, '0')
    || '-' || lpad(cast(change_id as varchar(20)), 12, '0')
    || '-' || content_number as place
from numbered
