-- A status of a case that neither the org lists nor the contract explains stops the run: it was
-- renamed or removed, and history keeps the old word.
with words as (

    select
        source,
        case_id,
        new_value as status
    from {{ ref('stg_salesforce__changes') }}
    where field = 'Status' and new_value is not null and status_kind is null
    union all
    select
        source,
        case_id,
        old_value as status
    from {{ ref('stg_salesforce__changes') }}
    where field = 'Status' and old_value is not null and said_previous_kind is null
    union all
    select
        source,
        case_id,
        status
    from {{ ref('stg_salesforce__cases') }}
    where status_kind is null

)

select
    source || ': case ' || min(case_id) || ' has the status ''' || status || ''', which the org '
    || 'does not list; add statuses: {"' || status || '": open} (or solved, closed, merged) to '
    || 'sources.' || source as message
from words
group by source, status
order by min(case_id)
