-- One row per event of a ticket: Zendesk's words are ours now, and each actor has a type.
with told as (

    select * from {{ ref('stg_zendesk__told') }}

),

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

staff as (

    select * from {{ ref('stg_zendesk__staff') }}

),

acted as (

    select
        told.*,
        staff.user_id,
        case
            when told.rule_id is not null or told.actor_key = '-1' then 'automation'
            when staff.user_key is not null then 'human_agent'
            when told.told = 'rated' or told.actor_key = tickets.requester_key then 'requester'
            else 'unknown'
        end as actor_type
    from told
    left join tickets
        on
            told.contract_key = tickets.contract_key
            and told.source = tickets.source
            and told.ticket_id = tickets.ticket_id
    left join staff
        on
            told.contract_key = staff.contract_key
            and told.source = staff.source
            and told.actor_key = staff.user_key
            and told.occurred_at >= staff.staff_since
            and told.occurred_at < staff.staff_until

)

select
    contract_key,
    source,
    event_id,
    source || '-' || ticket_id as subject_id,
    'ticket' as subject_type,
    case
        when told <> 'written' then told
        when actor_type in ('human_agent', 'automation') then 'replied'
        else 'contacted'
    end as event_type,
    occurred_at,
    actor_type,
    coalesce('rule-' || rule_id, cast(user_id as varchar(20)), actor_key) as actor_id,
    value,
    case when value is not null then 'score_of_5' end as unit,
    source || '-' || related_ticket_id as related_subject_id
from acted
