-- One row per activity that set a status, with the kind of status before it.
with statuses as (

    select * from {{ ref('stg_freshdesk__activities') }}
    where status_name is not null

),

sequenced as (

    select
        *,
        lag(status_kind) over (
            partition by contract_key, source, ticket_id order by place
        ) as previous_kind
    from statuses

)

select
    *,
    case
        when status_kind = 'open' and previous_kind in ('solved', 'closed') then 'reopened'
        when status_kind = 'solved' and coalesce(previous_kind, 'open') = 'open' then 'solved'
        when status_kind = 'closed' and coalesce(previous_kind, 'open') <> 'closed' then 'closed'
    end as status_change
from sequenced
