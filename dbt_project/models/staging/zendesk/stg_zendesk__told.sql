-- One row per event of a ticket that Zendesk tells, whichever of its records tells it.
with parts as (

    select
        contract_key,
        source,
        update_id || '-' || told as event_id,
        ticket_id,
        told,
        occurred_at,
        actor_key,
        rule_id,
        cast(null as decimal(18, 4)) as value,
        related_ticket_id
    from {{ ref('stg_zendesk__parts') }}
    where told <> 'rated'

),

ratings as (

    select
        contract_key,
        source,
        rating_id || '-rated' as event_id,
        ticket_id,
        'rated' as told,
        rated_at as occurred_at,
        requester_key as actor_key,
        cast(null as varchar(20)) as rule_id,
        score_value as value,
        cast(null as bigint) as related_ticket_id
    from {{ ref('stg_zendesk__ratings') }}

),

-- a ticket that continues a closed one happens to the closed one
follow_ups as (

    select
        contract_key,
        source,
        lpad(cast(epoch_second as varchar(12)), 12, '0') || '-' || ticket_id || '-followed_up'
            as event_id,
        continues_ticket_id as ticket_id,
        'followed_up' as told,
        created_at as occurred_at,
        requester_key as actor_key,
        cast(null as varchar(20)) as rule_id,
        cast(null as decimal(18, 4)) as value,
        ticket_id as related_ticket_id
    from {{ ref('stg_zendesk__tickets') }}
    where continues_ticket_id is not null

)

select * from parts
union all
select * from ratings
union all
select * from follow_ups
