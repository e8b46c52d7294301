-- One row per session clause and candidate: the run of the subject's events around its conclusion
-- with no gap longer than the clause's.
with candidates as (

    select
        candidates.*,
        clauses.clause_key,
        clauses.window_us
    from {{ ref('int_candidates') }} as candidates
    inner join {{ source('terms', 'clauses') }} as clauses
        on candidates.definition_key = clauses.definition_key
    where clauses.window_kind = 'session'

),

sessioned_subjects as (

    select distinct
        subject_key,
        clause_key,
        window_us
    from candidates

),

instants as (

    select distinct
        sessioned_subjects.clause_key,
        sessioned_subjects.subject_key,
        sessioned_subjects.window_us,
        events.occurred_at
    from {{ ref('int_linked_events') }} as events
    inner join sessioned_subjects
        on events.link_key = sessioned_subjects.subject_key
    where events.link = 'subject'

),

gaps as (

    select
        *,
        case
            when occurred_at <= {{ microseconds_after(
                'lag(occurred_at) over (partition by clause_key, subject_key order by occurred_at)',
                'window_us'
            ) }} then 0
            else 1
        end as starts_a_run
    from instants

),

runs as (

    select
        *,
        sum(starts_a_run) over (
            partition by clause_key, subject_key order by occurred_at
        ) as run_number
    from gaps

),

sessions as (

    select
        clause_key,
        subject_key,
        run_number,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from runs
    group by clause_key, subject_key, run_number

)

select
    candidates.candidate_key,
    candidates.clause_key,
    sessions.first_event_at,
    sessions.last_event_at
from candidates
inner join sessions
    on
        candidates.clause_key = sessions.clause_key
        and candidates.subject_key = sessions.subject_key
        and candidates.concluded_at between sessions.first_event_at and sessions.last_event_at
