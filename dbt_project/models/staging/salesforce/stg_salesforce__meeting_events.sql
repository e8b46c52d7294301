-- One row per event of a meeting: Salesforce's words are ours now, and each actor has a type.
with invitations as (

    select distinct
        contract_key,
        source,
        invitation_id,
        meeting_id,
        invited_key,
        status,
        responded_at
    from {{ source('landed', 'salesforce__invitations') }}
    -- of our own people this accepts an invitation, and not what came of the meeting
    where not is_user and responded_at is not null and status in ('Accepted', 'Declined')

)

select
    told.contract_key,
    told.source,
    told.meeting_id || '-' || told.told as event_id,
    told.source || '-' || told.meeting_id as subject_id,
    'meeting' as subject_type,
    told.told as event_type,
    told.occurred_at,
    coalesce(users.actor_type, 'unknown') as actor_type,
    coalesce(users.user_id, told.actor_key) as actor_id,
    case when told.told = 'held' then told.duration_minutes end as value,
    case when told.told = 'held' and told.duration_minutes is not null then 'minutes' end as unit,
    cast(null as varchar(40)) as related_subject_id
from {{ ref('stg_salesforce__meeting_outcomes') }} as told
left join {{ ref('stg_salesforce__users') }} as users
    on
        told.contract_key = users.contract_key
        and told.source = users.source
        and told.actor_key = users.user_key
union all
select
    contract_key,
    source,
    invitation_id || '-' || lower(status) || '-' || cast(responded_at as varchar(30)) as event_id,
    source || '-' || meeting_id as subject_id,
    'meeting' as subject_type,
    lower(status) as event_type,
    responded_at as occurred_at,
    'requester' as actor_type,
    invited_key as actor_id,
    null as value,
    null as unit,
    null as related_subject_id
from invitations
