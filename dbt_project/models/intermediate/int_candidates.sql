-- One row per definition and concluding event of a subject of the outcome's type, in scope.
with concluding as (

    select * from {{ ref('int_concluding_events') }}
    where not is_by_unknown

),

definitions as (

    select * from {{ source('terms', 'definitions') }}

),

histories as (

    select * from {{ ref('int_histories') }}

),

scoped_outcomes as (

    select * from {{ ref('int_scoped_outcomes') }}

),

scoped_subjects as (

    select * from {{ ref('int_scoped_subjects') }}

)

select
    row_number() over (order by concluding.definition_key) as candidate_key,
    definitions.contract_key,
    concluding.definition_key,
    concluding.subject_key,
    concluding.event_id,
    concluding.concluded_at,
    histories.opened_at,
    requesters.requester_number
from concluding
inner join definitions
    on concluding.definition_key = definitions.definition_key
inner join histories
    on
        concluding.subject_key = histories.subject_key
        and definitions.subject_type = histories.subject_type
left join {{ ref('int_linked_requesters') }} as requesters
    on
        histories.contract_key = requesters.contract_key
        and histories.requester_key = requesters.requester_key
left join scoped_outcomes
    on
        definitions.contract_key = scoped_outcomes.contract_key
        and definitions.outcome = scoped_outcomes.outcome
left join scoped_subjects
    on
        concluding.subject_key = scoped_subjects.subject_key
        and definitions.outcome = scoped_subjects.outcome
where scoped_outcomes.outcome is null or coalesce(scoped_subjects.is_in_scope, false)
