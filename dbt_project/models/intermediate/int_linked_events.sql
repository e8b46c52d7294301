-- One row per record of an event that exists for the run and whom it speaks of: its subject, where
-- that is judged, and its subject's requester, where a clause of the contract links by requester.
select
    events.*,
    'subject' as link,
    judged.subject_key as link_key
from {{ ref('int_events') }} as events
inner join {{ ref('int_judged_subjects') }} as judged
    on
        events.contract_key = judged.contract_key
        and events.subject_id = judged.subject_id
union all
-- the log is read again for it: a link that no contract uses costs nothing then
select
    events.*,
    'requester' as link,
    requesters.requester_number as link_key
from {{ ref('int_events') }} as events
inner join {{ ref('int_subjects') }} as subjects
    on
        events.contract_key = subjects.contract_key
        and events.subject_id = subjects.subject_id
inner join {{ ref('int_linked_requesters') }} as requesters
    on
        subjects.contract_key = requesters.contract_key
        and subjects.requester_key = requesters.requester_key
