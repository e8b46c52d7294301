-- One row per outcome and subject on the invoice: what the log knows of it.
with lines as (

    select * from {{ ref('int_invoice_lines') }}
    where line_kind = 'outcome' and line_number_of_subject = 1

),

histories as (

    select * from {{ ref('int_histories') }}

),

scoped_outcomes as (

    select * from {{ ref('int_scoped_outcomes') }}

),

scoped_subjects as (

    select * from {{ ref('int_scoped_subjects') }}

),

first_candidates as (

    select
        definition_key,
        subject_key,
        min({{ event_order('concluded_at', 'event_id') }}) as first_event
    from {{ ref('int_candidates') }}
    group by definition_key, subject_key

),

concluded as (

    select
        definition_key,
        subject_key,
        first_event.occurred_at as first_concluded_at,
        first_event.event_id as first_candidate_event_id
    from first_candidates

)

select
    lines.contract_key,
    lines.outcome,
    lines.definition_key,
    lines.subject_id,
    histories.subject_key,
    histories.is_known,
    histories.subject_type = definitions.subject_type
    and (scoped_outcomes.outcome is null or coalesce(scoped_subjects.is_in_scope, false))
        as is_in_scope,
    scoped_outcomes.outcome is not null and coalesce(scoped_subjects.lacks_attribute, true)
        as lacks_scope_attribute,
    concluded.subject_key is not null as has_concluded,
    concluded.first_concluded_at,
    concluded.first_candidate_event_id
from lines
inner join {{ source('terms', 'definitions') }} as definitions
    on lines.definition_key = definitions.definition_key
inner join histories
    on
        lines.contract_key = histories.contract_key
        and lines.subject_id = histories.subject_id
left join scoped_outcomes
    on
        lines.contract_key = scoped_outcomes.contract_key
        and lines.outcome = scoped_outcomes.outcome
left join scoped_subjects
    on
        histories.subject_key = scoped_subjects.subject_key
        and lines.outcome = scoped_subjects.outcome
left join concluded
    on
        lines.definition_key = concluded.definition_key
        and histories.subject_key = concluded.subject_key
