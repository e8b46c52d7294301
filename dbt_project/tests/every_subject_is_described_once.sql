-- A subject that is described twice stops the run: nobody could say which description holds. The
-- fingerprints only find what to look at.
with described as (

    select
        contract_key,
        subject_id,
        {{ fingerprint(['subject_id']) }} as id_fingerprint,
        file,
        record_number
    from {{ ref('stg_event_log__subjects') }}
    union all
    select
        contract_key,
        subject_id,
        {{ fingerprint(['subject_id']) }} as id_fingerprint,
        file,
        record_number
    from {{ ref('stg_servicenow_export__subjects') }}

),

repeated as (

    select id_fingerprint
    from described
    group by id_fingerprint
    having count(*) > 1

)

select
    min(file || ', record ' || record_number) || ', and '
    || max(file || ', record ' || record_number) || ': subject ''' || subject_id
    || ''' is described twice; leave one' as message
from described
where id_fingerprint in (select repeated.id_fingerprint from repeated)
group by contract_key, subject_id
having count(*) > 1
order by min(record_number)
