-- One row per rating of an issue: Jira keeps the last one alone, and each that an extraction saw
-- stays. Two ratings of one instant are two contents.
with ratings as (

    select distinct
        contract_key,
        source,
        issue_id,
        rated_at,
        epoch_ms,
        score_value
    from {{ source('landed', 'jira__sightings') }}
    where rated_at is not null

)

select
    *,
    row_number() over (
        partition by contract_key, source, issue_id, rated_at order by score_value
    ) as content_number
from ratings
