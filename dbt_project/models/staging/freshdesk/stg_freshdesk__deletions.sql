-- One row per ticket that stands among the deleted ones or among spam, and of which no activity
-- says when: it is dated by its last change, and nobody is known to have done it.
with deleted as (

    select
        contract_key,
        source,
        ticket_id
    from {{ ref('stg_freshdesk__acts') }}
    where told = 'deleted'

)

select
    tickets.contract_key,
    tickets.source,
    tickets.ticket_id,
    tickets.updated_at as deleted_at,
    lpad(cast(tickets.updated_second as varchar(12)), 12, '0') || '-' || tickets.ticket_id as place
from {{ ref('stg_freshdesk__tickets') }} as tickets
left join deleted
    on
        tickets.contract_key = deleted.contract_key
        and tickets.source = deleted.source
        and tickets.ticket_id = deleted.ticket_id
where
    (tickets.is_deleted or tickets.is_spam)
    and deleted.ticket_id is null
