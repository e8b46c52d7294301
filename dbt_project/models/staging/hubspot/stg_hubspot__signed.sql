-- One row per event of a ticket that HubSpot's records sign with a source.
with transitions as (

    select
        contract_key,
        source,
        ticket_id,
        place || '-stage' as place,
        stage_change as told,
        occurred_at,
        source_type,
        user_key,
        actor
    from {{ ref('stg_hubspot__transitions') }}
    where stage_change is not null

),

assignments as (

    select
        contract_key,
        source,
        ticket_id,
        place || '-owner' as place,
        'assigned' as told,
        occurred_at,
        source_type,
        user_key,
        actor
    from {{ ref('stg_hubspot__history') }}
    where record_kind = 'owner' and value = 'set' and is_own

),

writings as (

    select
        contract_key,
        source,
        ticket_id,
        lpad(cast(epoch_ms as varchar(14)), 13, '0')
        || '-' || lpad(cast(ticket_id as varchar(20)), 15, '0')
        || '-2-' || record_kind || '-' || record_id || '-' || content_number as place,
        tells as told,
        occurred_at,
        source_type,
        user_key,
        actor
    from {{ ref('stg_hubspot__writings') }}
    where tells is not null

)

select * from {{ ref('stg_hubspot__births') }}
union all
select * from transitions
union all
select * from assignments
union all
select * from writings
