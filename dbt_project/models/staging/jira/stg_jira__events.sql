-- One row per event of an issue: Jira's words are ours now, and each actor has a type. An app is
-- automation until the contract says that it is an AI agent; whoever reported an issue is its
-- requester, also where that is one of the staff.
with told as (

    select * from {{ ref('stg_jira__told') }}

),

issues as (

    select * from {{ ref('stg_jira__issues') }}

),

acted as (

    select
        told.contract_key,
        told.source,
        told.place,
        told.told,
        told.occurred_at,
        told.actor,
        told.value,
        issues.subject_id,
        case
            when told.actor_type is not null then told.actor_type
            when told.account_type = 'app' then 'automation'
            when told.account_type = 'customer' then 'requester'
            when told.actor_key = issues.reporter_key then 'requester'
            when told.account_type = 'atlassian' then 'human_agent'
            else 'unknown'
        end as actor_type
    from told
    inner join issues
        on
            told.contract_key = issues.contract_key
            and told.source = issues.source
            and told.issue_id = issues.issue_id

)

select
    contract_key,
    source,
    place || '-' || told as event_id,
    subject_id,
    'ticket' as subject_type,
    case
        when told <> 'written' then told
        when actor_type in ('human_agent', 'automation') then 'replied'
        else 'contacted'
    end as event_type,
    occurred_at,
    actor_type,
    actor as actor_id,
    value,
    case when value is not null then 'score_of_5' end as unit,
    cast(null as varchar(20)) as related_subject_id
from acted
