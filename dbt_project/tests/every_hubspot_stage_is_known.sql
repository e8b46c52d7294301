-- A stage of which nobody knows what it means stops the run: HubSpot lists those that are left.
select
    source || ': ticket ' || min(ticket_id) || ' was in the stage ' || value || ', and HubSpot '
    || 'does not say whether it is closed; add stages: {"' || value || '": open}, or solved or '
    || 'closed, to sources.' || source as message
from {{ ref('stg_hubspot__transitions') }}
where stage_kind is null
group by source, value
order by value
