-- One row per change of an incident's state and content, with what it means. Beside it stands the
-- kind before, as the log has it; the change's own word for it counts where the log has nothing.
with changes as (

    select * from {{ ref('stg_servicenow__changes') }}
    where field = 'state' and old_value is not null

),

states as (

    select * from {{ ref('servicenow_state_codes') }}

),

translated as (

    select
        changes.*,
        states.state_kind,
        before.state_kind as said_previous_kind,
        lag(states.state_kind) over (
            partition by changes.contract_key, changes.source, changes.incident_id
            order by changes.occurred_at, changes.place, changes.audit_id, changes.content_number
        ) as logged_previous_kind
    from changes
    left join states
        on changes.new_value = states.state
    left join states as before
        on changes.old_value = before.state

),

sequenced as (

    select
        *,
        coalesce(logged_previous_kind, said_previous_kind) as previous_kind
    from translated

)

select
    *,
    case
        when state_kind = 'open' and previous_kind in ('solved', 'closed') then 'reopened'
        when state_kind = 'solved' and coalesce(previous_kind, 'open') = 'open' then 'solved'
        when state_kind = 'closed' and coalesce(previous_kind, 'open') <> 'closed' then 'closed'
    end as state_change
from sequenced
