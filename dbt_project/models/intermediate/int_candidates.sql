-- One row per definition and concluding event of a subject of the outcome's type, in scope.
with concluding as (

    select
        concluding.*,
        definitions.outcome,
        definitions.counted_by,
        definitions.subject_type as outcome_subject_type
    from {{ ref('int_concluding_events') }} as concluding
    inner join {{ source('terms', 'definitions') }} as definitions
        on concluding.definition_key = definitions.definition_key
    where not concluding.is_by_unknown

),

subjects as (

    select * from {{ ref('int_subjects') }}

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

candidates as (

    select
        row_number() over (order by concluding.definition_key) as candidate_key,
        concluding.contract_key,
        concluding.definition_key,
        concluding.outcome,
        concluding.counted_by,
        concluding.subject_id,
        concluding.event_id,
        concluding.concluded_at,
        coalesce(subjects.opened_at, histories.first_event_at) as opened_at,
        subjects.requester_key
    from concluding
    left join subjects
        on
            concluding.contract_key = subjects.contract_key
            and concluding.subject_id = subjects.subject_id
    left join histories
        on
            concluding.contract_key = histories.contract_key
            and concluding.subject_id = histories.subject_id
    left join scoped_outcomes
        on
            concluding.contract_key = scoped_outcomes.contract_key
            and concluding.outcome = scoped_outcomes.outcome
    left join scoped_subjects
        on
            concluding.contract_key = scoped_subjects.contract_key
            and concluding.outcome = scoped_subjects.outcome
            and concluding.subject_id = scoped_subjects.subject_id
    where
        coalesce(subjects.subject_type, concluding.subject_type) = concluding.outcome_subject_type
        and (scoped_outcomes.outcome is null or coalesce(scoped_subjects.is_in_scope, false))

)

select * from candidates
