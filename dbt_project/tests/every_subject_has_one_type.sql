-- A subject of two types stops the run: its outcomes could not be told apart.
select
    'subject ''' || subject_id || ''' is a ' || logged_type || ' and a '
    || coalesce(nullif(other_logged_type, logged_type), described_type)
    || '; correct subject_type in the log or among its subjects' as message
from {{ ref('int_histories') }}
where logged_type <> other_logged_type or described_type <> logged_type
order by subject_id
