-- One row per event of a conversation that Intercom tells, whichever of its records tells it.
with beginnings as (

    -- the first message is no part; who begins a conversation and is no teammate wrote it
    select
        *,
        'opened' as told
    from {{ ref('stg_intercom__conversations') }}
    union all
    select
        *,
        'written' as told
    from {{ ref('stg_intercom__conversations') }}
    where author_type in ('user', 'lead', 'contact')

),

told as (

    select
        contract_key,
        source,
        conversation_id,
        lpad(cast(epoch_second as varchar(12)), 12, '0') || '-' || lpad('0', 20, '0') as place,
        told,
        occurred_at,
        author_type,
        author,
        is_from_ai_agent,
        cast(null as decimal(18, 4)) as value
    from beginnings
    union all
    select
        contract_key,
        source,
        conversation_id,
        lpad(cast(epoch_second as varchar(12)), 12, '0') || '-' || part_number as place,
        told,
        occurred_at,
        author_type,
        author,
        is_from_ai_agent,
        null as value
    from {{ ref('stg_intercom__part_events') }}
    union all
    select
        contract_key,
        source,
        conversation_id,
        '999999999999-' || cast(rated_at as varchar(30)) || '-' || rating_of || '-'
        || cast(score_value as varchar(20)) as place,
        'rated' as told,
        rated_at as occurred_at,
        'user' as author_type,
        requester_key as author,
        false as is_from_ai_agent,
        score_value as value
    from {{ ref('stg_intercom__ratings') }}
    where is_counted
    union all
    select
        contract_key,
        source,
        conversation_id,
        '999999999999' as place,
        'deleted' as told,
        deleted_at as occurred_at,
        null as author_type,
        null as author,
        false as is_from_ai_agent,
        null as value
    from {{ ref('stg_intercom__deletions') }}

)

select
    *,
    place || '-' || conversation_id || '-' || told as event_id
from told
