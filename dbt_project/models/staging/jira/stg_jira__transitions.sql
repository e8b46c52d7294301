-- One row per change of a status: what the status meant then, and what the one before meant when it
-- was set. A status that moves to another category later changes nothing here.
with changes as (

    select * from {{ ref('stg_jira__changes') }}
    where status_id is not null

),

placed as (

    select
        changes.*,
        coalesce(changes.said_kind, statuses.status_kind) as status_kind,
        coalesce(changes.said_previous_kind, before.status_kind) as kind_before
    from changes
    left join {{ ref('stg_jira__statuses') }} as statuses
        on
            changes.contract_key = statuses.contract_key
            and changes.source = statuses.source
            and changes.status_id = statuses.status_id
            and changes.occurred_at > statuses.begins_after
            and changes.occurred_at <= statuses.ends_at
    left join {{ ref('stg_jira__statuses') }} as before
        on
            changes.contract_key = before.contract_key
            and changes.source = before.source
            and changes.previous_status_id = before.status_id
            and changes.occurred_at > before.begins_after
            and changes.occurred_at <= before.ends_at

),

sequenced as (

    select
        *,
        lag(status_id) over (
            partition by contract_key, source, issue_id order by place
        ) as logged_previous_id,
        coalesce(
            lag(status_kind) over (partition by contract_key, source, issue_id order by place),
            kind_before
        ) as previous_kind
    from placed

)

select
    *,
    case
        when status_kind = 'open' and previous_kind in ('solved', 'closed') then 'reopened'
        when status_kind = 'solved' and previous_kind = 'open' then 'solved'
        when status_kind = 'closed' and previous_kind <> 'closed' then 'closed'
    end as status_change
from sequenced
