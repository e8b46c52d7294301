-- One row per event of an issue that Jira tells, whichever of its records tells it. Who acted is
-- known by the nature of some: customers rate, and Jira's own clock measures.
with ratings as (

    select
        contract_key,
        source,
        issue_id,
        epoch_ms,
        issue_id || '-' || content_number as part,
        'rated' as told,
        rated_at as occurred_at,
        'requester' as actor_type,
        score_value as value
    from {{ ref('stg_jira__ratings') }}

),

breaches as (

    select
        contract_key,
        source,
        issue_id,
        epoch_ms,
        issue_id || '-' || level || '-' || cycle_number as part,
        'sla_breached' as told,
        breached_at as occurred_at,
        'automation' as actor_type,
        cast(null as decimal(18, 4)) as value
    from {{ ref('stg_jira__service_levels') }}
    where is_breached

),

deletions as (

    select
        contract_key,
        source,
        issue_id,
        missed_ms as epoch_ms,
        cast(issue_id as varchar(20)) as part,
        'deleted' as told,
        missed_at as occurred_at,
        'unknown' as actor_type,
        cast(null as decimal(18, 4)) as value
    from {{ ref('stg_jira__deletions') }}

),

unsigned as (

    select * from ratings
    union all
    select * from breaches
    union all
    select * from deletions

)

select
    *,
    cast(null as varchar(20)) as actor_type,
    cast(null as decimal(18, 4)) as value
from {{ ref('stg_jira__signed') }}
union all
select
    contract_key,
    source,
    issue_id,
    lpad(cast(epoch_ms as varchar(14)), 13, '0') || '-' || part as place,
    told,
    occurred_at,
    null as actor,
    null as actor_key,
    null as account_type,
    actor_type,
    value
from unsigned
