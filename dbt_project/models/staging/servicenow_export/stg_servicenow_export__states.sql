-- One row per record of an incident log whose state is known, with the state before it. The
-- export's own order is the sequence: its instants are minutes, and a late write can bear an
-- earlier one.
with log_rows as (

    select * from {{ source('landed', 'servicenow_export__rows') }}

),

states as (

    select * from {{ ref('servicenow_states') }}

),

known as (

    select
        log_rows.*,
        states.state_kind
    from log_rows
    inner join states
        on log_rows.incident_state = states.incident_state
    where states.state_kind <> 'missing'

),

sequenced as (

    select
        *,
        lag(state_kind) over (
            partition by contract_key, source, number order by record_number
        ) as previous_kind
    from known

)

select * from sequenced
