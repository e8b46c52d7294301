-- One row per stage and stretch of time in which it was in one state: after `begins_after`, until
-- `ends_at`. HubSpot tells today's state alone, so that each list of stages stands for the time
-- since the list before; the first one for all that came earlier, the last one for all after.
with lists as (

    select distinct
        contract_key,
        source,
        stage_id,
        ticket_state,
        read_at
    from {{ source('landed', 'hubspot__pipelines') }}

),

sequenced as (

    select
        *,
        lag(ticket_state) over (
            partition by contract_key, source, stage_id order by read_at, ticket_state
        ) as previous_state,
        lag(read_at) over (
            partition by contract_key, source, stage_id order by read_at, ticket_state
        ) as previous_read_at
    from lists

),

stretches as (

    select
        contract_key,
        source,
        stage_id,
        ticket_state,
        coalesce(previous_read_at, cast('0001-01-01' as timestamp)) as begins_after
    from sequenced
    where previous_state is null or ticket_state <> previous_state

)

select
    stretches.contract_key,
    stretches.source,
    stretches.stage_id,
    states.stage_kind,
    stretches.begins_after,
    coalesce(
        lead(stretches.begins_after) over (
            partition by stretches.contract_key, stretches.source, stretches.stage_id
            order by stretches.begins_after
        ),
        cast('9999-12-31' as timestamp)
    ) as ends_at
from stretches
left join {{ ref('hubspot_ticket_states') }} as states
    on stretches.ticket_state = states.ticket_state
