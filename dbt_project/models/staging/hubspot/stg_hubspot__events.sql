-- One row per event of a ticket or a meeting, in the canonical format.
select
    *,
    'ticket' as subject_type
from {{ ref('stg_hubspot__ticket_events') }}
union all
select
    *,
    'meeting' as subject_type
from {{ ref('stg_hubspot__meeting_events') }}
