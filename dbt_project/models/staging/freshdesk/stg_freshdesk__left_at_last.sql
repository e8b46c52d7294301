-- One row per ticket whose activities are all known: how it stands, how its activities leave it,
-- and when they solved it last.
with tickets as (

    select * from {{ ref('stg_freshdesk__tickets') }}
    where is_settled

),

transitions as (

    select * from {{ ref('stg_freshdesk__transitions') }}

)

select
    tickets.contract_key,
    tickets.source,
    tickets.ticket_id,
    tickets.status_id,
    tickets.status_kind,
    tickets.is_wholly_observed,
    case when tickets.is_solution_observed then tickets.resolved_at end as resolved_at,
    count(transitions.place) as transition_count,
    max_by(transitions.status_kind, transitions.place) as logged_kind,
    max(case when transitions.status_kind <> 'open' then transitions.occurred_at end)
        as logged_solved_at
from tickets
left join transitions
    on
        tickets.contract_key = transitions.contract_key
        and tickets.source = transitions.source
        and tickets.ticket_id = transitions.ticket_id
        and tickets.read_at >= transitions.occurred_at
group by
    tickets.contract_key, tickets.source, tickets.ticket_id, tickets.status_id,
    tickets.status_kind, tickets.is_wholly_observed, tickets.resolved_at,
    tickets.is_solution_observed
