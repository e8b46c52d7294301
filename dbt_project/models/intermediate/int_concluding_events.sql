-- One row per definition and event of a judged subject that concludes by its pattern, or that would
-- if its actor were known: what an unknown actor concluded counts for nobody, and is looked at by
-- the guard. A record that was delivered twice is one event.
select
    definition_key,
    link_key as subject_key,
    event_id,
    occurred_at as concluded_at,
    min(is_by_unknown) as is_by_unknown
from {{ ref('int_pattern_events') }}
where clause_key is null
group by definition_key, link_key, event_id, occurred_at
