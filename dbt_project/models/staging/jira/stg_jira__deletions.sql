-- One row per issue that is gone: two looks that should have found it did not, and none has since.
-- Jira tells neither when nor why, so it is dated by the first look that missed it. One look is not
-- enough, as search may miss what is there.
with looks as (

    select
        contract_key,
        source,
        looked_from,
        looked_at,
        looked_ms,
        -- what was changed shortly before may not be in the search yet
        {{ microseconds_after('looked_at', -900000000) }} as expected_before
    from {{ source('landed', 'jira__sightings') }}
    group by contract_key, source, looked_from, looked_at, looked_ms

),

sightings as (

    select
        contract_key,
        source,
        issue_id,
        max(looked_at) as last_seen_at
    from {{ source('landed', 'jira__sightings') }}
    group by contract_key, source, issue_id

),

missed as (

    select
        issues.contract_key,
        issues.source,
        issues.issue_id,
        looks.looked_at,
        looks.looked_ms
    from {{ ref('stg_jira__issues') }} as issues
    inner join looks
        on
            issues.contract_key = looks.contract_key
            and issues.source = looks.source
            and issues.updated_at >= looks.looked_from
            and issues.updated_at < looks.expected_before
    left join sightings
        on
            issues.contract_key = sightings.contract_key
            and issues.source = sightings.source
            and issues.issue_id = sightings.issue_id
    where
        looks.looked_at > issues.read_at
        and looks.looked_at > coalesce(sightings.last_seen_at, issues.read_at)

)

select
    contract_key,
    source,
    issue_id,
    min(looked_at) as missed_at,
    min(looked_ms) as missed_ms
from missed
group by contract_key, source, issue_id
having count(*) > 1
