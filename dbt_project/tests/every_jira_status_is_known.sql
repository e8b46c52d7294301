-- A status of which nobody knows what it means stops the run: Jira lists only those in use, and has
-- categories that say nothing.
with used as (

    select
        source,
        status_id,
        issue_id
    from {{ ref('stg_jira__transitions') }}
    where status_kind is null
    union all
    select
        source,
        previous_status_id as status_id,
        issue_id
    from {{ ref('stg_jira__transitions') }}
    where previous_kind is null
    union all
    select
        source,
        status_id,
        issue_id
    from {{ ref('stg_jira__beginnings') }}
    where is_unchanged and status_kind is null

)

select
    source || ': issue ' || min(issue_id) || ' had the status ' || status_id || ', and Jira no '
    || 'longer says what it means; add statuses: {"' || status_id || '": open}, or solved or '
    || 'closed, to sources.' || source as message
from used
group by source, status_id
order by status_id
