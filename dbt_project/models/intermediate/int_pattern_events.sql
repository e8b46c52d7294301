-- One row per pattern and record of an event that fits it by type, actor and link. It is good when
-- value and unit fit the bounds too; without bounds always, a missing value never.
select
    patterns.definition_key,
    patterns.clause_key,
    events.link_key,
    events.occurred_at,
    events.event_id,
    patterns.is_by_unknown,
    case
        when patterns.at_least is null and patterns.at_most is null then true
        else coalesce(
            events.value >= coalesce(patterns.at_least, events.value)
            and events.value <= coalesce(patterns.at_most, events.value)
            and (patterns.unit is null or patterns.unit = events.unit),
            false
        )
    end as is_good
from {{ ref('int_registered_events') }} as events
inner join {{ ref('int_patterns') }} as patterns
    on
        events.contract_key = patterns.contract_key
        and events.link = patterns.link
        and events.event_type = patterns.event_type
        and events.actor_type = patterns.actor_type
