-- One row per event of a ticket: Freshdesk's words are ours now, and each actor has a type. Whoever
-- a ticket is for is its requester, also where that is one of the staff.
with acted as (

    select
        told.*,
        staff.agent,
        case
            when told.is_by_rule then 'automation'
            when types.actor_type is not null then types.actor_type
            when told.performer_key = tickets.requester_key then 'requester'
            when staff.agent_key is not null then 'human_agent'
            else 'unknown'
        end as actor_type
    from {{ ref('stg_freshdesk__told') }} as told
    left join {{ ref('stg_freshdesk__tickets') }} as tickets
        on
            told.contract_key = tickets.contract_key
            and told.source = tickets.source
            and told.ticket_id = tickets.ticket_id
    left join {{ ref('stg_freshdesk__staff') }} as staff
        on
            told.contract_key = staff.contract_key
            and told.source = staff.source
            and told.performer_key = staff.agent_key
            and told.occurred_at < staff.staff_until
    left join {{ ref('freshdesk_performer_types') }} as types
        on told.performer_type = types.performer_type

)

select
    contract_key,
    source,
    place || '-' || told as event_id,
    source || '-' || ticket_id as subject_id,
    'ticket' as subject_type,
    case
        when told <> 'written' then told
        when actor_type in ('human_agent', 'automation') then 'replied'
        when actor_type = 'requester' or is_incoming then 'contacted'
        else 'replied'
    end as event_type,
    occurred_at,
    actor_type,
    coalesce(agent, performer, performer_type) as actor_id,
    value,
    case when value is not null then 'score_of_5' end as unit,
    cast(null as varchar(20)) as related_subject_id
from acted
