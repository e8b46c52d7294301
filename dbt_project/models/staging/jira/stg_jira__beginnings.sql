-- One row per issue: how it began. No history tells of that: the first change says what was before
-- it, and where nothing ever changed, the issue itself does.
with issues as (

    select * from {{ ref('stg_jira__issues') }}

),

first_statuses as (

    select
        contract_key,
        source,
        issue_id,
        min_by(previous_status_id, place) as status_id,
        min_by(previous_kind, place) as status_kind
    from {{ ref('stg_jira__transitions') }}
    group by contract_key, source, issue_id

),

first_assignments as (

    select
        contract_key,
        source,
        issue_id,
        min_by(was_assigned, place) as was_assigned
    from {{ ref('stg_jira__changes') }}
    where is_assigned is not null
    group by contract_key, source, issue_id

)

select
    issues.contract_key,
    issues.source,
    issues.issue_id,
    issues.created_at,
    issues.epoch_ms,
    issues.creator,
    issues.creator_key,
    issues.creator_type,
    issues.creator_key = issues.reporter_key as is_reported_by_creator,
    first_statuses.issue_id is null and issues.is_settled as is_unchanged,
    coalesce(first_statuses.status_id, issues.status_id) as status_id,
    case
        when first_statuses.issue_id is not null then first_statuses.status_kind
        when issues.is_settled then coalesce(issues.status_kind, statuses.status_kind)
    end as status_kind,
    coalesce(first_assignments.was_assigned, issues.is_assigned and issues.is_settled)
        as is_assigned,
    -- a category that changed later was changed by a transition that we do not have
    issues.category_changed_at > {{ microseconds_after('issues.created_at', 60000000) }}
        as is_category_changed
from issues
left join first_statuses
    on
        issues.contract_key = first_statuses.contract_key
        and issues.source = first_statuses.source
        and issues.issue_id = first_statuses.issue_id
left join first_assignments
    on
        issues.contract_key = first_assignments.contract_key
        and issues.source = first_assignments.source
        and issues.issue_id = first_assignments.issue_id
left join {{ ref('stg_jira__statuses') }} as statuses
    on
        issues.contract_key = statuses.contract_key
        and issues.source = statuses.source
        and issues.status_id = statuses.status_id
        and issues.created_at > statuses.begins_after
        and issues.created_at <= statuses.ends_at
