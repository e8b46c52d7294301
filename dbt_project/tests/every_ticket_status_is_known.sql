-- A status of a ticket that the map does not have stops the run.
select
    updates.source || ': update ' || min(updates.ticket_event_id) || ' of ticket '
    || min(updates.ticket_id) || ' has the status ''' || updates.status
    || ''', which is unknown; add it to dbt_project/seeds/zendesk_statuses.csv' as message
from {{ source('landed', 'zendesk__ticket_events') }} as updates
left join {{ ref('zendesk_statuses') }} as statuses
    on updates.status = statuses.status
where
    updates.status is not null
    and statuses.status is null
group by updates.source, updates.status
order by min(updates.ticket_event_id)
