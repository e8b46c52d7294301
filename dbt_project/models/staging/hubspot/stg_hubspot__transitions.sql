-- One row per entry of the history of a ticket's stage: what the stage meant then, and what the one
-- before meant when it was set. A stage that gets another state later changes nothing here, and
-- neither does what a merger copied.
with entries as (

    select * from {{ ref('stg_hubspot__history') }}
    where record_kind = 'stage' and not is_copy

),

placed as (

    select
        entries.*,
        coalesce(entries.contract_kind, stages.stage_kind) as stage_kind
    from entries
    left join {{ ref('stg_hubspot__stages') }} as stages
        on
            entries.contract_key = stages.contract_key
            and entries.source = stages.source
            and entries.value = stages.stage_id
            and entries.occurred_at > stages.begins_after
            and entries.occurred_at <= stages.ends_at

),

sequenced as (

    select
        *,
        lag(stage_kind) over (
            partition by contract_key, source, ticket_id order by place
        ) as previous_kind
    from placed

)

select
    *,
    case
        when not is_own then null
        when stage_kind = 'open' and previous_kind in ('solved', 'closed') then 'reopened'
        when stage_kind = 'solved' and previous_kind = 'open' then 'solved'
        when stage_kind = 'closed' and previous_kind <> 'closed' then 'closed'
    end as stage_change
from sequenced
