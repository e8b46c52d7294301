-- Activities tell statuses by their names; a name that two statuses had stops the run, unless the
-- contract says what it means.
select
    source || ': the status ' || status_name || ' was number ' || min(status_id) || ' and number '
    || max(status_id) || '; add statuses: {"' || status_name || '": open}, or solved or closed, to '
    || 'sources.' || source as message
from {{ ref('stg_freshdesk__statuses') }}
group by contract_key, source, status_name
having
    count(distinct status_id) > 1
    and (count(distinct status_kind) > 1 or count(status_kind) < count(*))
order by status_name
