-- One row per thing that a part of a conversation tells: one part can reopen, assign and answer.
with parts as (

    select * from {{ ref('stg_intercom__parts') }}

),

aspects as (

    select 'state' as aspect
    union all
    select 'said' as aspect
    union all
    select 'assignment' as aspect
    union all
    select 'other' as aspect

),

looked_at as (

    select
        parts.*,
        case
            when aspects.aspect = 'state' then parts.state_change
            when
                aspects.aspect = 'said'
                and parts.tells in ('message', 'assignment')
                and parts.has_message
                then 'written'
            when aspects.aspect = 'assignment' and parts.tells = 'assignment' and parts.is_assigned
                then 'assigned'
            when aspects.aspect = 'other' and parts.tells = 'note' then 'noted'
            when aspects.aspect = 'other' and parts.tells = 'merge' then 'merged'
            when
                aspects.aspect = 'other'
                and parts.tells = 'action'
                and parts.is_action_done
                and parts.is_from_ai_agent
                then 'acted'
        end as told
    from parts
    cross join aspects

)

select * from looked_at
where told is not null
