-- One row per thing that an activity tells: a status that changed, an assignment, and a ticket that
-- was deleted or marked as spam, after which no usual list has it.
with transitions as (

    select
        contract_key,
        source,
        place,
        status_change
    from {{ ref('stg_freshdesk__transitions') }}
    where status_change is not null

),

-- an activity can tell all of these at once
aspects as (

    select 'status' as aspect
    union all
    select 'assignment' as aspect
    union all
    select 'deletion' as aspect

),

looked_at as (

    select
        activities.*,
        case
            when aspects.aspect = 'status' then transitions.status_change
            when aspects.aspect = 'assignment' and activities.assignee_key is not null
                then 'assigned'
            when aspects.aspect = 'deletion' and (activities.is_deleted or activities.is_spam)
                then 'deleted'
        end as told
    from {{ ref('stg_freshdesk__activities') }} as activities
    cross join aspects
    left join transitions
        on
            activities.contract_key = transitions.contract_key
            and activities.source = transitions.source
            and activities.place = transitions.place

)

select
    contract_key,
    source,
    ticket_id,
    place,
    told,
    occurred_at,
    performer,
    performer_key,
    performer_type,
    is_by_rule
from looked_at
where told is not null
