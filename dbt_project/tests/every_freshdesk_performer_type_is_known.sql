-- A type of performer that the map does not have stops the run: it may be another kind of machine.
select
    activities.source || ': ticket ' || min(activities.ticket_id) || ' has an activity of the '
    || 'performer type ''' || activities.performer_type || ''', which is unknown; add it to '
    || 'dbt_project/seeds/freshdesk_performer_types.csv' as message
from {{ ref('stg_freshdesk__activities') }} as activities
left join {{ ref('freshdesk_performer_types') }} as types
    on activities.performer_type = types.performer_type
where types.performer_type is null
group by activities.source, activities.performer_type
order by activities.performer_type
