-- A subject of two types stops the run: its outcomes could not be told apart.
with histories as (

    select * from {{ ref('int_histories') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

)

select
    'subject ''' || histories.subject_id || ''' is a ' || histories.subject_type || ' and a '
    || coalesce(
        nullif(histories.other_subject_type, histories.subject_type), subjects.subject_type
    )
    || '; correct subject_type in the log or among its subjects' as message
from histories
left join subjects
    on
        histories.contract_key = subjects.contract_key
        and histories.subject_id = subjects.subject_id
where
    histories.subject_type <> histories.other_subject_type
    or subjects.subject_type <> histories.subject_type
order by histories.subject_id
