-- One row per candidate and clause for which the log holds an event of the pattern in the window.
with windows as (

    select * from {{ ref('int_clause_windows') }}

),

pattern_events as (

    select * from {{ ref('int_pattern_events') }}

),

found as (

    select
        windows.candidate_key,
        windows.clause_key,
        pattern_events.is_good,
        {{ event_order('pattern_events.occurred_at', 'pattern_events.event_id') }} as event_order
    from windows
    inner join pattern_events
        on
            windows.clause_key = pattern_events.clause_key
            and windows.link_key = pattern_events.link_key
            and pattern_events.occurred_at between windows.first_inside and windows.last_inside
    where
        case windows.window_kind
            when 'concluding_event' then pattern_events.event_id = windows.candidate_event_id
            -- a session runs around the conclusion, and compares instants only
            when 'session' then pattern_events.occurred_at <> windows.concluded_at
            else true
        end

),

weighed as (

    select
        candidate_key,
        clause_key,
        min(event_order) as first_event,
        max(event_order) as last_event,
        min(case when is_good then event_order end) as first_good_event,
        -- the first and the last event of the pattern: were they good?
        min_by(is_good, event_order) as is_first_good,
        max_by(is_good, event_order) as is_last_good
    from found
    group by candidate_key, clause_key

)

select
    candidate_key,
    clause_key,
    first_event.event_id as first_event_id,
    last_event.event_id as last_event_id,
    first_good_event.event_id as first_good_event_id,
    is_first_good,
    is_last_good
from weighed
