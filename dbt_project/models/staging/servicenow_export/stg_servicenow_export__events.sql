-- One row per event that the state sequence of an incident tells. Its actor is who wrote that row;
-- `resolved_at`, `closed_at` and their like are final values copied back, and are not read.
with states as (

    select * from {{ ref('stg_servicenow_export__states') }}

),

opened as (

    select
        *,
        'opened' as event_type,
        coalesce(opened_at, sys_updated_at) as occurred_at
    from states
    where previous_kind is null

),

moved as (

    select
        *,
        case
            when state_kind = 'open' then 'reopened'
            else state_kind
        end as event_type,
        sys_updated_at as occurred_at
    from states
    where
        (state_kind = 'open' and previous_kind in ('solved', 'closed'))
        or (state_kind = 'solved' and coalesce(previous_kind, 'open') = 'open')
        or (state_kind = 'closed' and coalesce(previous_kind, 'open') <> 'closed')

),

told as (

    select * from opened
    union all
    select * from moved

)

select
    contract_key,
    source,
    lpad(cast(record_number as varchar(20)), 10, '0') || '-' || number || '-' || event_type
        as event_id,
    source || '-' || number as subject_id,
    'ticket' as subject_type,
    event_type,
    occurred_at,
    'unknown' as actor_type,
    sys_updated_by as actor_id,
    cast(null as decimal(18, 4)) as value,
    cast(null as varchar(20)) as unit,
    cast(null as varchar(20)) as related_subject_id,
    file,
    record_number
from told
