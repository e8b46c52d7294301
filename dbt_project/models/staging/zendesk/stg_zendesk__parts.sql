-- One row per thing that an update of a ticket tells, and whose doing it was: a rule's, or that of
-- the person whom a key stands for.
with updates as (

    select * from {{ ref('stg_zendesk__updates') }}

),

-- an update can tell all of these at once; together they take one pass over the updates
aspects as (

    select 'beginning' as aspect
    union all
    select 'status' as aspect
    union all
    select 'assignment' as aspect
    union all
    select 'merge' as aspect
    union all
    select 'comment' as aspect
    union all
    select 'score' as aspect

),

looked_at as (

    select
        updates.*,
        case
            when aspects.aspect = 'beginning' and updates.is_beginning then 'opened'
            when aspects.aspect = 'status' then updates.status_change
            when aspects.aspect = 'assignment' and updates.is_assigned then 'assigned'
            when aspects.aspect = 'merge' and updates.merged_into is not null then 'merged'
            when aspects.aspect = 'comment' and updates.comment_is_public then 'written'
            when aspects.aspect = 'comment' and not updates.comment_is_public then 'noted'
            when
                aspects.aspect = 'score'
                and updates.score in ('good', 'bad')
                and updates.score <> coalesce(updates.previous_score, '')
                then 'rated'
        end as told
    from updates
    cross join aspects

)

select
    contract_key,
    source,
    update_id,
    ticket_id,
    told,
    occurred_at,
    case
        when told in ('written', 'noted') then comment_author
        when told <> 'rated' then updater
    end as actor_key,
    case
        when told = 'assigned' then assignment_rule
        when told in ('opened', 'reopened', 'solved', 'closed', 'deleted') then status_rule
    end as rule_id,
    case when told = 'merged' then merged_into end as related_ticket_id,
    case when told = 'rated' then score_value end as score_value
from looked_at
where told is not null
