-- One row per thing that a meeting tells of itself. It was held, or nobody came, when it ended; it
-- was cancelled, accepted or declined when that was written down.
with meetings as (

    select * from {{ ref('stg_salesforce__meetings') }}

),

outcomes as (

    select 'booked' as told
    union all
    select 'held' as told
    union all
    select 'no_show' as told
    union all
    select 'cancelled' as told
    union all
    select 'accepted' as told
    union all
    select 'declined' as told
    union all
    select 'deleted' as told

),

told as (

    select
        meetings.*,
        outcomes.told,
        case
            when outcomes.told = 'booked' then meetings.created_at
            when outcomes.told in ('held', 'no_show') then meetings.ends_at
            when outcomes.told = 'deleted' then meetings.modified_at
            else meetings.outcome_since
        end as occurred_at,
        case when outcomes.told = 'booked' then meetings.creator else meetings.modifier end
            as actor_key
    from meetings
    cross join outcomes
    where
        outcomes.told = 'booked'
        or (outcomes.told = 'held' and meetings.is_held)
        or (outcomes.told = 'no_show' and meetings.is_no_show)
        or (outcomes.told = 'cancelled' and meetings.is_cancelled)
        or (outcomes.told = 'accepted' and meetings.is_accepted)
        or (outcomes.told = 'declined' and meetings.is_declined)
        or (outcomes.told = 'deleted' and meetings.is_deleted)

)

select * from told
where occurred_at is not null
