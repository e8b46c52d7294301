-- A subject that is described twice stops the run: nobody could say which description holds.
with described as (

    select
        contract_key,
        subject_id,
        file,
        record_number
    from {{ ref('stg_event_log__subjects') }}
    union all
    select
        contract_key,
        subject_id,
        file,
        record_number
    from {{ ref('stg_servicenow_export__subjects') }}

),

repeated as (

    select
        contract_key,
        subject_id
    from described
    group by contract_key, subject_id
    having count(*) > 1

)

select
    min(described.file || ', record ' || described.record_number) || ', and '
    || max(described.file || ', record ' || described.record_number) || ': subject '''
    || described.subject_id || ''' is described twice; leave one' as message
from described
inner join repeated
    on
        described.contract_key = repeated.contract_key
        and described.subject_id = repeated.subject_id
group by described.contract_key, described.subject_id
order by min(described.record_number)
