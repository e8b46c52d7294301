-- One row per issue and way in which Jira contradicts itself about it: something came with two
-- contents, the status before is not the one that the log has, the issue stands in another status
-- than its changes leave, or its category changed and no change says how. Each may be a change that
-- is missing.
with contradictions as (

    select
        contract_key,
        source,
        issue_id,
        'two contents' as contradiction
    from {{ ref('stg_jira__changes') }}
    where content_number > 1
    union
    select
        contract_key,
        source,
        issue_id,
        'two contents' as contradiction
    from {{ ref('stg_jira__comments') }}
    where content_number > 1
    union
    select
        contract_key,
        source,
        issue_id,
        'two contents' as contradiction
    from {{ ref('stg_jira__ratings') }}
    where content_number > 1
    union
    select
        contract_key,
        source,
        issue_id,
        'status before' as contradiction
    from {{ ref('stg_jira__transitions') }}
    where logged_previous_id <> previous_status_id
    union
    select
        contract_key,
        source,
        issue_id,
        'status at last' as contradiction
    from {{ ref('stg_jira__left_at_last') }}
    where status_id <> logged_status_id
    union
    select
        contract_key,
        source,
        issue_id,
        'no history' as contradiction
    from {{ ref('stg_jira__beginnings') }}
    where is_unchanged and is_category_changed

),

issues as (

    select * from {{ ref('stg_jira__issues') }}

)

select
    contradictions.*,
    issues.subject_id
from contradictions
inner join issues
    on
        contradictions.contract_key = issues.contract_key
        and contradictions.source = issues.source
        and contradictions.issue_id = issues.issue_id
