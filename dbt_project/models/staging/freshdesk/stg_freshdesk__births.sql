-- One row per thing that happened as a ticket was opened: somebody opened it, and the requester
-- made contact where it was he. Who it was, the first activity says.
with tickets as (

    select * from {{ ref('stg_freshdesk__tickets') }}

),

beginnings as (

    select
        contract_key,
        source,
        ticket_id,
        min_by(performer, place) as performer,
        min_by(performer_key, place) as performer_key,
        min_by(performer_type, place) as performer_type,
        min_by(is_by_rule, place) as is_by_rule
    from {{ ref('stg_freshdesk__activities') }}
    where is_beginning
    group by contract_key, source, ticket_id

),

aspects as (

    select 'opened' as told
    union all
    select 'contacted' as told

)

select
    tickets.contract_key,
    tickets.source,
    tickets.ticket_id,
    lpad(cast(tickets.epoch_second as varchar(12)), 12, '0') || '-' || tickets.ticket_id as place,
    aspects.told,
    tickets.created_at as occurred_at,
    beginnings.performer,
    beginnings.performer_key,
    beginnings.performer_type,
    beginnings.is_by_rule
from tickets
cross join aspects
left join beginnings
    on
        tickets.contract_key = beginnings.contract_key
        and tickets.source = beginnings.source
        and tickets.ticket_id = beginnings.ticket_id
where aspects.told = 'opened' or beginnings.performer_key = tickets.requester_key
