-- Invoices name issues by their keys; a key that two issues had stops the run, as nobody could say
-- which of them is meant.
select
    source || ': key ' || key || ' belongs or belonged to ' || count(*) || ' issues; bill them by '
    || 'other keys, or give the project another key in Jira' as message
from {{ ref('stg_jira__keys') }}
group by contract_key, source, key
having count(*) > 1
order by key
