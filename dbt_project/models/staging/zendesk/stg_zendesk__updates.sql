-- One row per update of a ticket and content that the API gave it: an update that came twice is
-- one, one that came with two contents is two. Beside its status stands the kind before, as the log
-- has it; Zendesk's own word for it counts only where the log has nothing before.
{% set columns = [
    'contract_key', 'source', 'ticket_event_id', 'ticket_id', 'occurred_at', 'epoch_second',
    'updater', 'status', 'previous_status', 'status_rule', 'is_assigned', 'assignment_rule',
    'comment_author', 'comment_is_public', 'merged_into', 'score', 'score_value', 'previous_score',
] | join(', ') %}
with updates as (

    select
        {{ columns }},
        -- ids say nothing of the order inside a second, and a page always holds its seconds whole
        min(record_number) as place
    from {{ source('landed', 'zendesk__ticket_events') }}
    group by {{ columns }}

),

statuses as (

    select * from {{ ref('zendesk_statuses') }}

),

translated as (

    select
        updates.*,
        row_number() over (
            partition by updates.contract_key, updates.source, updates.ticket_event_id
            order by updates.occurred_at, updates.place, updates.status, updates.comment_is_public
        ) as content_number,
        row_number() over (
            partition by
                updates.contract_key, updates.source, updates.ticket_id, updates.occurred_at
            order by updates.place, updates.ticket_event_id
        ) as number_in_second,
        statuses.status_kind,
        before.status_kind as said_previous_kind,
        -- a deletion is no status: a ticket that is restored goes on where it was
        coalesce(statuses.status_kind, 'deleted') <> 'deleted' as has_status
    from updates
    left join statuses
        on updates.status = statuses.status
    left join statuses as before
        on updates.previous_status = before.status

),

sequenced as (

    select
        *,
        lag(status_kind) over (
            partition by contract_key, source, ticket_id, has_status
            order by occurred_at, number_in_second
        ) as logged_previous_kind
    from translated

),

numbered as (

    select
        *,
        coalesce(logged_previous_kind, said_previous_kind) as previous_kind,
        lpad(cast(epoch_second as varchar(12)), 12, '0')
        || '-' || lpad(cast(number_in_second as varchar(4)), 4, '0')
        || '-' || ticket_event_id as update_id
    from sequenced

)

select
    *,
    has_status and previous_kind is null and previous_status is null as is_beginning,
    case
        when status_kind = 'deleted' then 'deleted'
        when status_kind = 'open' and previous_kind in ('solved', 'closed') then 'reopened'
        when status_kind = 'solved' and coalesce(previous_kind, 'open') = 'open' then 'solved'
        when status_kind = 'closed' and coalesce(previous_kind, 'open') <> 'closed' then 'closed'
    end as status_change
from numbered
