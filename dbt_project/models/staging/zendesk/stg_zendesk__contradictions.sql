-- One row per ticket and way in which Zendesk contradicts itself about it: one update came with two
-- contents, the status before is not the one that the log has, or the ticket as it stood at last
-- has another status than its updates leave. Each may be an update that is missing.
with updates as (

    select * from {{ ref('stg_zendesk__updates') }}

),

coverage as (

    select
        contract_key,
        source,
        min(observed_until) as observed_until
    from {{ source('landed', 'coverage') }}
    group by contract_key, source

),

tickets as (

    select
        tickets.*,
        statuses.status_kind as exported_kind
    from {{ ref('stg_zendesk__tickets') }} as tickets
    inner join coverage
        on
            tickets.contract_key = coverage.contract_key
            and tickets.source = coverage.source
            and tickets.exported_at < coverage.observed_until
    left join {{ ref('zendesk_statuses') }} as statuses
        on tickets.status = statuses.status

),

left_at_last as (

    select
        tickets.contract_key,
        tickets.source,
        tickets.ticket_id,
        tickets.exported_kind,
        max_by(updates.status_kind, updates.update_id) as logged_kind
    from tickets
    inner join updates
        on
            tickets.contract_key = updates.contract_key
            and tickets.source = updates.source
            and tickets.ticket_id = updates.ticket_id
            and tickets.exported_at >= updates.occurred_at
    where updates.status_kind is not null
    group by tickets.contract_key, tickets.source, tickets.ticket_id, tickets.exported_kind

),

contradictions as (

    select
        contract_key,
        source,
        ticket_id,
        'two contents' as contradiction
    from updates
    where content_number > 1
    union
    select
        contract_key,
        source,
        ticket_id,
        'status before' as contradiction
    from updates
    where
        has_status
        and said_previous_kind <> 'deleted'
        and said_previous_kind <> logged_previous_kind
    union
    select
        contract_key,
        source,
        ticket_id,
        'status at last' as contradiction
    from left_at_last
    where exported_kind <> logged_kind

)

select
    *,
    source || '-' || ticket_id as subject_id
from contradictions
