-- One row per issue, as it was read last.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, issue_id
            order by read_at desc, updated_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'jira__issues') }}

),

observed as (

    select
        contract_key,
        source,
        min(observed_until) as observed_until
    from {{ source('landed', 'coverage') }}
    group by contract_key, source

),

subjects as (

    select
        contract_key,
        source,
        issue_id,
        min(subject_id) as subject_id
    from {{ ref('stg_jira__keys') }}
    group by contract_key, source, issue_id

)

select
    versions.*,
    subjects.subject_id,
    -- what was changed later may have a history that is not landed yet
    versions.updated_at < observed.observed_until as is_settled
from versions
inner join subjects
    on
        versions.contract_key = subjects.contract_key
        and versions.source = subjects.source
        and versions.issue_id = subjects.issue_id
inner join observed
    on
        versions.contract_key = observed.contract_key
        and versions.source = observed.source
where versions.version_from_last = 1
