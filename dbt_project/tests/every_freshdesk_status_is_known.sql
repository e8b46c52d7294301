-- A status of which nobody knows what it means stops the run: activities tell its name, and only of
-- Freshdesk's own four the meaning is documented.
with used as (

    select
        source,
        status_name,
        ticket_id
    from {{ ref('stg_freshdesk__transitions') }}
    where status_kind is null
    union all
    select
        tickets.source,
        coalesce(names.status_name, tickets.status_id) as status_name,
        tickets.ticket_id
    from {{ ref('stg_freshdesk__left_at_last') }} as tickets
    left join {{ ref('stg_freshdesk__statuses') }} as names
        on
            tickets.contract_key = names.contract_key
            and tickets.source = names.source
            and tickets.status_id = names.status_id
    where tickets.status_kind is null

)

select
    source || ': ticket ' || min(ticket_id) || ' had the status ''' || status_name || ''', and '
    || 'Freshdesk does not say what it means; add statuses: {"' || status_name || '": open}, or '
    || 'solved or closed, to sources.' || source as message
from used
group by source, status_name
order by status_name
