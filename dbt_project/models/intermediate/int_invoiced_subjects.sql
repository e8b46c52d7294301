-- One row per outcome and subject on the invoice: what the log knows of it.
with lines as (

    select distinct
        contract_key,
        outcome,
        definition_key,
        subject_id
    from {{ ref('int_invoice_lines') }}
    where line_kind = 'outcome'

),

histories as (

    select * from {{ ref('int_histories') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

scoped_outcomes as (

    select * from {{ ref('int_scoped_outcomes') }}

),

scoped_subjects as (

    select * from {{ ref('int_scoped_subjects') }}

),

concluded as (

    select distinct
        definition_key,
        subject_id
    from {{ ref('int_candidates') }}

)

select
    lines.contract_key,
    lines.outcome,
    lines.subject_id,
    histories.subject_id is not null as is_known,
    coalesce(subjects.subject_type, histories.subject_type) = definitions.subject_type
    and (scoped_outcomes.outcome is null or coalesce(scoped_subjects.is_in_scope, false))
        as is_in_scope,
    scoped_outcomes.outcome is not null and coalesce(scoped_subjects.lacks_attribute, true)
        as lacks_scope_attribute,
    concluded.subject_id is not null as has_concluded
from lines
inner join {{ source('terms', 'definitions') }} as definitions
    on lines.definition_key = definitions.definition_key
left join histories
    on lines.contract_key = histories.contract_key and lines.subject_id = histories.subject_id
left join subjects
    on lines.contract_key = subjects.contract_key and lines.subject_id = subjects.subject_id
left join scoped_outcomes
    on
        lines.contract_key = scoped_outcomes.contract_key
        and lines.outcome = scoped_outcomes.outcome
left join scoped_subjects
    on
        lines.contract_key = scoped_subjects.contract_key
        and lines.outcome = scoped_subjects.outcome
        and lines.subject_id = scoped_subjects.subject_id
left join concluded
    on
        lines.definition_key = concluded.definition_key
        and lines.subject_id = concluded.subject_id
