-- A sender of a kind that the map does not have stops the run: staff and customers could not be
-- told apart.
select
    source || ': ticket ' || min(ticket_id) || ' has a message from somebody whose id begins with '
    || '''' || actor_kind || ''', which is unknown; add it to '
    || 'dbt_project/seeds/hubspot_actor_kinds.csv' as message
from {{ ref('stg_hubspot__messages') }}
where tells is not null and actor_kind is not null and not is_actor_known
group by source, actor_kind
order by actor_kind
