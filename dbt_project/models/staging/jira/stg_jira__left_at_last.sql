-- One row per issue whose changes are all known: the status that it stands in, and the one that its
-- changes leave.
with issues as (

    select * from {{ ref('stg_jira__issues') }}
    where is_settled

),

transitions as (

    select * from {{ ref('stg_jira__transitions') }}

)

select
    issues.contract_key,
    issues.source,
    issues.issue_id,
    issues.status_id,
    max_by(transitions.status_id, transitions.place) as logged_status_id
from issues
inner join transitions
    on
        issues.contract_key = transitions.contract_key
        and issues.source = transitions.source
        and issues.issue_id = transitions.issue_id
        and issues.updated_at >= transitions.occurred_at
group by issues.contract_key, issues.source, issues.issue_id, issues.status_id
