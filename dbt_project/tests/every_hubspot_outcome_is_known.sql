-- An outcome of a meeting that neither HubSpot has from the beginning nor the contract explains
-- stops the run: the account added it.
select
    source || ': meeting ' || min(meeting_id) || ' has the outcome ''' || value || ''', which is '
    || 'unknown; add meeting_outcomes: {"' || value || '": held}, or booked, no_show, cancelled or '
    || 'none, to sources.' || source as message
from {{ ref('stg_hubspot__outcomes') }}
where meaning is null
group by source, value
order by value
