-- One row per ticket or meeting and way in which HubSpot contradicts itself about it, or told of it
-- too late: it has another stage than its history leaves, the history does not reach its beginning,
-- a merger mixed it with others, or it was gone before it was read.
with lasts as (

    select
        contract_key,
        source,
        ticket_id,
        max_by(value, place) as stage_id
    from {{ ref('stg_hubspot__transitions') }}
    group by contract_key, source, ticket_id

),

contradictions as (

    select
        *,
        'two contents' as contradiction
    from {{ ref('stg_hubspot__two_contents') }}
    union all
    select
        tickets.contract_key,
        tickets.source,
        tickets.ticket_id as object_id,
        'stage at last' as contradiction
    from {{ ref('stg_hubspot__tickets') }} as tickets
    inner join lasts
        on
            tickets.contract_key = lasts.contract_key
            and tickets.source = lasts.source
            and tickets.ticket_id = lasts.ticket_id
    where tickets.stage_id <> lasts.stage_id
    union all
    select
        contract_key,
        source,
        ticket_id as object_id,
        'no beginning' as contradiction
    from {{ ref('stg_hubspot__beginnings') }}
    where is_cut_off
    union all
    select
        *,
        'mixed histories' as contradiction
    from {{ ref('stg_hubspot__mixed_histories') }}
    union all
    select
        *,
        'gone unread' as contradiction
    from {{ ref('stg_hubspot__gone_unread') }}

)

select
    contract_key,
    source,
    source || '-' || object_id as subject_id,
    contradiction
from contradictions
