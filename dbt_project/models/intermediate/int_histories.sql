-- One row per judged subject: what its description says of it, and what its events do.
with judged as (

    select * from {{ ref('int_judged_subjects') }}

),

events as (

    select
        judged.subject_key,
        min(events.subject_type) as logged_type,
        max(events.subject_type) as other_logged_type,
        min(events.occurred_at) as first_event_at
    from {{ ref('int_events') }} as events
    inner join judged
        on
            events.contract_key = judged.contract_key
            and events.subject_id = judged.subject_id
    group by judged.subject_key

),

described as (

    select
        judged.subject_key,
        subjects.subject_type as described_type,
        subjects.opened_at,
        subjects.requester_key
    from {{ ref('int_subjects') }} as subjects
    inner join judged
        on
            subjects.contract_key = judged.contract_key
            and subjects.subject_id = judged.subject_id

)

select
    judged.subject_key,
    judged.contract_key,
    judged.subject_id,
    coalesce(described.described_type, events.logged_type) as subject_type,
    described.described_type,
    events.logged_type,
    events.other_logged_type,
    coalesce(described.opened_at, events.first_event_at) as opened_at,
    described.requester_key,
    events.subject_key is not null as is_known
from judged
left join events
    on judged.subject_key = events.subject_key
left join described
    on judged.subject_key = described.subject_key
