-- A subject that is described twice stops the run: nobody could say which description holds.
select
    min(file) || ', records ' || min(record_number) || ' and ' || max(record_number)
    || ': subject ''' || subject_id || ''' is described twice; leave one' as message
from {{ ref('stg_event_log__subjects') }}
group by contract_key, subject_id
having count(*) > 1
order by min(record_number)
