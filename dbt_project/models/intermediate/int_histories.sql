-- One row per judged subject whose events must be looked through: it is invoiced, or no source says
-- what it is and when it was opened.
with events as (

    select * from {{ ref('int_events') }}

),

wanted as (

    select
        judged.contract_key,
        judged.subject_id
    from {{ ref('int_judged_subjects') }} as judged
    left join {{ ref('int_subjects') }} as subjects
        on
            judged.contract_key = subjects.contract_key
            and judged.subject_id = subjects.subject_id
    where subjects.opened_at is null
    union
    select
        contract_key,
        subject_id
    from {{ ref('int_invoice_lines') }}
    where line_kind = 'outcome'

)

select
    events.contract_key,
    events.subject_id,
    min(events.subject_type) as subject_type,
    max(events.subject_type) as other_subject_type,
    min(events.occurred_at) as first_event_at
from events
inner join wanted
    on
        events.contract_key = wanted.contract_key
        and events.subject_id = wanted.subject_id
group by events.contract_key, events.subject_id
