-- One row per thing that happened as an issue was opened: somebody opened it, the reporter made
-- contact, it was assigned, or it began in a status that is done.
with beginnings as (

    select * from {{ ref('stg_jira__beginnings') }}

),

aspects as (

    select 'opened' as aspect
    union all
    select 'contacted' as aspect
    union all
    select 'assigned' as aspect
    union all
    select 'concluded' as aspect

),

looked_at as (

    select
        beginnings.*,
        case
            when aspects.aspect = 'opened' then 'opened'
            when aspects.aspect = 'contacted' and beginnings.is_reported_by_creator then 'contacted'
            when aspects.aspect = 'assigned' and beginnings.is_assigned then 'assigned'
            when
                aspects.aspect = 'concluded'
                and beginnings.status_kind <> 'open'
                and not (beginnings.is_unchanged and beginnings.is_category_changed)
                then beginnings.status_kind
        end as told
    from beginnings
    cross join aspects

)

select
    contract_key,
    source,
    issue_id,
    lpad(cast(epoch_ms as varchar(14)), 13, '0') || '-000000000000-' || issue_id as place,
    told,
    created_at as occurred_at,
    creator as actor,
    creator_key as actor_key,
    creator_type as account_type
from looked_at
where told is not null
