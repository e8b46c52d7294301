-- One row per candidate and clause: where the clause looks. `first_inside` and `last_inside` are
-- the first and last instants inside; `starts_at` is what coverage must reach back to.
with candidates as (

    select * from {{ ref('int_candidates') }}

),

clauses as (

    select * from {{ source('terms', 'clauses') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}

)

select
    candidates.candidate_key,
    clauses.clause_key,
    candidates.event_id as candidate_event_id,
    candidates.concluded_at,
    clauses.window_kind,
    case clauses.link
        when 'requester' then candidates.requester_number
        else candidates.subject_key
    end as link_key,
    case clauses.window_kind
        when 'until_concluded' then candidates.opened_at
        when 'session' then sessions.first_event_at
        else candidates.concluded_at
    end as starts_at,
    case clauses.window_kind
        when 'within' then {{ microseconds_after('candidates.concluded_at', 'clauses.window_us') }}
        when 'session' then {{ microseconds_after('sessions.last_event_at', 'clauses.window_us') }}
        else candidates.concluded_at
    end as ends_at,
    case clauses.window_kind
        when 'within' then {{ microseconds_after('candidates.concluded_at', '1') }}
        when 'until_concluded' then candidates.opened_at
        when 'session' then sessions.first_event_at
        else candidates.concluded_at
    end as first_inside,
    case clauses.window_kind
        -- the last instant still counts (DESIGN 5)
        when 'within' then {{ microseconds_after('candidates.concluded_at', 'clauses.window_us') }}
        -- the conclusion itself is outside
        when 'until_concluded' then {{ microseconds_after('candidates.concluded_at', '-1') }}
        when 'session' then {{ microseconds_after('sessions.last_event_at', 'clauses.window_us') }}
        else candidates.concluded_at
    end as last_inside
from candidates
inner join clauses
    on candidates.definition_key = clauses.definition_key
left join sessions
    on
        candidates.candidate_key = sessions.candidate_key
        and clauses.clause_key = sessions.clause_key
