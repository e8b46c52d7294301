-- One row per ticket and way in which Freshdesk contradicts itself about it: something came with
-- two contents, the ticket stands in another status than its activities leave, it was solved later
-- than they say, or they do not have its beginning. Each may be an activity that is missing.
with contradictions as (

    select
        contract_key,
        source,
        ticket_id,
        'two contents' as contradiction
    from {{ ref('stg_freshdesk__conversations') }}
    where content_number > 1
    union
    select
        contract_key,
        source,
        ticket_id,
        'two contents' as contradiction
    from {{ ref('stg_freshdesk__ratings') }}
    where content_number > 1
    union
    select
        contract_key,
        source,
        ticket_id,
        'status at last' as contradiction
    from {{ ref('stg_freshdesk__left_at_last') }}
    where status_kind <> logged_kind
    union
    select
        contract_key,
        source,
        ticket_id,
        'solved later' as contradiction
    from {{ ref('stg_freshdesk__left_at_last') }}
    where
        -- the two instants of one act may differ by some seconds
        resolved_at > {{ microseconds_after('logged_solved_at', 300000000) }}
        or (resolved_at is not null and logged_solved_at is null)
    union
    select
        contract_key,
        source,
        ticket_id,
        'no beginning' as contradiction
    from {{ ref('stg_freshdesk__left_at_last') }}
    where is_wholly_observed and transition_count = 0

)

select
    *,
    source || '-' || ticket_id as subject_id
from contradictions
