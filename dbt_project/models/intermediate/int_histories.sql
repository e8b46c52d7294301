-- One row per subject whose events must be looked through: it is invoiced, or it concluded and no
-- source says when it was opened.
with events as (

    select * from {{ ref('int_events') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

wanted as (

    select
        concluding.contract_key,
        concluding.subject_id
    from {{ ref('int_concluding_events') }} as concluding
    left join subjects
        on
            concluding.contract_key = subjects.contract_key
            and concluding.subject_id = subjects.subject_id
    where subjects.opened_at is null
    union
    select
        contract_key,
        subject_id
    from {{ ref('int_invoice_lines') }}
    where subject_id is not null

),

histories as (

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

)

select * from histories
