-- One row per event of a ticket, whichever record of HubSpot tells it, and who did it.
with mergers as (

    select
        *,
        lpad(cast(epoch_ms as varchar(14)), 13, '0')
        || '-' || lpad(cast(merged_id as varchar(20)), 15, '0') || '-5' as place
    from {{ ref('stg_hubspot__mergers') }}

),

messages as (

    select
        *,
        lpad(cast(epoch_ms as varchar(14)), 13, '0')
        || '-' || lpad(cast(ticket_id as varchar(20)), 15, '0')
        || '-3-' || message_id || '-' || content_number as place
    from {{ ref('stg_hubspot__messages') }}
    where tells is not null

),

signed as (

    select
        *,
        null as related_id
    from {{ ref('stg_hubspot__signed') }}
    union all
    select
        contract_key,
        source,
        merged_id as ticket_id,
        place,
        'merged' as told,
        merged_at as occurred_at,
        source_type,
        user_key,
        actor,
        survivor_id as related_id
    from mergers

)

select
    signed.contract_key,
    signed.source,
    signed.ticket_id,
    signed.place,
    signed.told,
    signed.occurred_at,
    -- an email that comes in is signed by what logged it, and not by who wrote it
    case when signed.told <> 'contacted' then signed.actor end as actor,
    case
        when signed.told = 'contacted' then 'requester'
        else {{ hubspot_actor_type('sources.acts_as', 'signed.user_key') }}
    end as actor_type,
    signed.related_id
from signed
left join {{ ref('hubspot_sources') }} as sources
    on signed.source_type = sources.source_type
union all
select
    contract_key,
    source,
    ticket_id,
    place,
    tells as told,
    occurred_at,
    actor,
    actor_type,
    null as related_id
from messages
