-- Invoices name incidents by their numbers; a number of two incidents stops the run, as nobody
-- could say which of them is meant.
select
    source || ': number ' || number || ' belongs to ' || count(*) || ' incidents; correct the '
    || 'numbers in ServiceNow' as message
from {{ ref('stg_servicenow__incidents') }}
group by contract_key, source, number
having count(*) > 1
order by number
