-- One row per candidate and clause: is it met, and by which event do we know?
with windows as (

    select * from {{ ref('int_clause_windows') }}

),

clauses as (

    select * from {{ source('terms', 'clauses') }}

),

coverage as (

    select * from {{ ref('int_clause_coverage') }}

),

evidence as (

    select * from {{ ref('int_clause_evidence') }}

),

weighed as (

    select
        windows.candidate_key,
        windows.clause_key,
        windows.ends_at,
        clauses.clause,
        clauses.verb,
        clauses.pick,
        clauses.if_missing,
        clauses.link = 'requester' and windows.link_key is null as lacks_requester,
        coverage.is_shown
        and (coverage.observed_from is null or coverage.observed_from <= windows.starts_at)
            as is_observed,
        windows.ends_at < coverage.observed_until as is_closed,
        evidence.candidate_key is not null as has_event,
        evidence.first_good_event_id is not null as has_good_event,
        evidence.is_first_good,
        evidence.is_last_good,
        evidence.first_event_id,
        evidence.last_event_id,
        evidence.first_good_event_id
    from windows
    inner join clauses
        on windows.clause_key = clauses.clause_key
    inner join coverage
        on windows.clause_key = coverage.clause_key
    left join evidence
        on
            windows.candidate_key = evidence.candidate_key
            and windows.clause_key = evidence.clause_key

),

-- the table of DESIGN 5, row by row: the first that fits decides
judged as (

    select
        *,
        case
            when lacks_requester then 'unverifiable'
            when verb = 'forbids' and has_good_event then 'not_met'
            when verb = 'requires' and pick = 'any' and has_good_event then 'met'
            when not is_observed then 'unverifiable'
            when verb = 'forbids' and is_closed then 'met'
            when verb = 'forbids' then 'pending'
            when pick = 'any' and has_event and is_closed then 'not_met'
            when pick = 'first' and has_event and is_first_good then 'met'
            when pick = 'first' and has_event then 'not_met'
            when pick = 'last' and has_event and is_closed and is_last_good then 'met'
            when pick = 'last' and has_event and is_closed then 'not_met'
            when not has_event and is_closed then if_missing
            else 'pending'
        end as verdict
    from weighed

)

select
    candidate_key,
    clause_key,
    clause,
    verdict,
    ends_at as window_ends_at,
    case
        when verdict not in ('met', 'not_met') then null
        when has_good_event and (verb = 'forbids' or pick = 'any') then first_good_event_id
        when verb = 'forbids' then null
        when pick = 'first' then first_event_id
        else last_event_id
    end as deciding_event_id
from judged
