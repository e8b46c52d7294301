-- One row per activity: Freshdesk gives them no ids, so that two with one content are one. In one
-- second they happened in the order of their file.
with contents as (

    select
        contract_key,
        source,
        ticket_id,
        occurred_at,
        epoch_second,
        performer,
        performer_key,
        performer_type,
        status_name,
        said_kind,
        assignee_key,
        is_beginning,
        is_deleted,
        is_spam,
        is_by_rule,
        min(day || '-' || lpad(cast(record_number as varchar(20)), 8, '0')) as place_in_files
    from {{ source('landed', 'freshdesk__activities') }}
    group by
        contract_key, source, ticket_id, occurred_at, epoch_second, performer, performer_key,
        performer_type, status_name, said_kind, assignee_key, is_beginning, is_deleted, is_spam,
        is_by_rule

),

kinds as (

    select
        contract_key,
        source,
        status_name,
        min(status_kind) as status_kind
    from {{ ref('stg_freshdesk__statuses') }}
    group by contract_key, source, status_name

)

select
    contents.*,
    coalesce(contents.said_kind, kinds.status_kind) as status_kind,
    lpad(cast(contents.epoch_second as varchar(12)), 12, '0')
    || '-' || contents.place_in_files
    || '-' || contents.ticket_id as place
from contents
left join kinds
    on
        contents.contract_key = kinds.contract_key
        and contents.source = kinds.source
        and contents.status_name = kinds.status_name
