-- One row per record of an event that exists for the run: it is before its type's observed_until.
select events.*
from {{ ref('int_staged_events') }} as events
inner join {{ ref('int_coverage') }} as coverage
    on
        events.contract_key = coverage.contract_key
        and events.event_type = coverage.event_type
        and events.occurred_at < coverage.observed_until
