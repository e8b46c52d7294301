-- One row per event that the history of a case tells: a change of its status, that it was given to
-- somebody, or that an AI agent passed it on. Several rows for one assignment are one event.
with assignments as (

    select
        contract_key,
        source,
        case_id,
        occurred_at,
        new_value,
        actor,
        min(history_id) as history_id,
        min(content_number) as content_number
    from {{ ref('stg_salesforce__changes') }}
    where field = 'Owner' and new_value is not null
    group by contract_key, source, case_id, occurred_at, new_value, actor

),

told as (

    select
        contract_key,
        source,
        history_id,
        content_number,
        case_id,
        status_change as told,
        occurred_at,
        actor as actor_key,
        cast(null as varchar(20)) as said_type
    from {{ ref('stg_salesforce__states') }}
    where status_change is not null
    union all
    select
        contract_key,
        source,
        history_id,
        content_number,
        case_id,
        'assigned' as told,
        occurred_at,
        actor as actor_key,
        null as said_type
    from assignments
    union all
    select
        contract_key,
        source,
        history_id,
        content_number,
        case_id,
        'handed_off' as told,
        occurred_at,
        agent as actor_key,
        'ai_agent' as said_type
    from {{ ref('stg_salesforce__handovers') }}

)

select
    contract_key,
    source,
    '3-' || history_id || '-' || told
    || case when content_number > 1 then '-v' || content_number else '' end as event_id,
    case_id,
    told,
    occurred_at,
    actor_key,
    said_type
from told
