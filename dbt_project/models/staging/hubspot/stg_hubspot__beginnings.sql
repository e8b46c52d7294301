-- One row per ticket: how it came to be, and the first stage that its history has.
with firsts as (

    select
        contract_key,
        source,
        ticket_id,
        min(occurred_at) as first_at,
        min_by(stage_kind, place) as stage_kind,
        min_by(is_own, place) as is_own
    from {{ ref('stg_hubspot__transitions') }}
    group by contract_key, source, ticket_id

)

select
    tickets.contract_key,
    tickets.source,
    tickets.ticket_id,
    tickets.created_at,
    tickets.epoch_ms,
    tickets.source_type,
    tickets.user_key,
    tickets.actor,
    firsts.stage_kind,
    firsts.is_own,
    -- the stage is set as the ticket comes to be; what begins later has lost its beginning, but for
    -- a ticket that a merger made
    coalesce(
        firsts.first_at > {{ microseconds_after('tickets.created_at', 60000000) }}
        and firsts.is_own, true
    ) as is_cut_off
from {{ ref('stg_hubspot__tickets') }} as tickets
left join firsts
    on
        tickets.contract_key = firsts.contract_key
        and tickets.source = firsts.source
        and tickets.ticket_id = firsts.ticket_id
