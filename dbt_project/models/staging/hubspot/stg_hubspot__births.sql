-- One row per thing that happened as a ticket came to be: something opened it, its requester did so
-- himself, or it began in a stage that is closed.
with aspects as (

    select 'opened' as aspect
    union all
    select 'contacted' as aspect
    union all
    select 'concluded' as aspect

),

looked_at as (

    select
        beginnings.*,
        case
            when aspects.aspect = 'opened' then 'opened'
            when aspects.aspect = 'contacted' and sources.acts_as = 'requester' then 'contacted'
            when
                aspects.aspect = 'concluded'
                and beginnings.stage_kind <> 'open'
                and beginnings.is_own
                and not beginnings.is_cut_off
                then beginnings.stage_kind
        end as told
    from {{ ref('stg_hubspot__beginnings') }} as beginnings
    left join {{ ref('hubspot_sources') }} as sources
        on beginnings.source_type = sources.source_type
    cross join aspects

)

select
    contract_key,
    source,
    ticket_id,
    lpad(cast(epoch_ms as varchar(14)), 13, '0')
    || '-' || lpad(cast(ticket_id as varchar(20)), 15, '0') || '-0' as place,
    told,
    created_at as occurred_at,
    source_type,
    user_key,
    actor
from looked_at
where told is not null
