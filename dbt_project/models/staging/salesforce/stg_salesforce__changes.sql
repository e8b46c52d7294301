-- One row per change of a case's status or owner, and content that the API gave it: a change that
-- came twice is one, one that came with two contents is two. A status means what the contract says,
-- else what the org says.
with changes as (

    select distinct
        contract_key,
        source,
        history_id,
        case_id,
        field,
        old_value,
        new_value,
        contract_old_kind,
        contract_new_kind,
        occurred_at,
        actor
    from {{ source('landed', 'salesforce__history') }}

),

statuses as (

    select * from {{ ref('stg_salesforce__statuses') }}

)

select
    changes.*,
    row_number() over (
        partition by changes.contract_key, changes.source, changes.history_id
        order by
            changes.occurred_at, changes.case_id, changes.field, changes.old_value,
            changes.new_value, changes.actor
    ) as content_number,
    coalesce(changes.contract_new_kind, statuses.status_kind) as status_kind,
    coalesce(changes.contract_old_kind, before.status_kind) as said_previous_kind
from changes
left join statuses
    on
        changes.contract_key = statuses.contract_key
        and changes.source = statuses.source
        and changes.field = 'Status'
        and changes.new_value = statuses.status
left join statuses as before
    on
        changes.contract_key = before.contract_key
        and changes.source = before.source
        and changes.field = 'Status'
        and changes.old_value = before.status
