-- One row per issue and key that it has or had, beside the first one that is known: by that one the
-- issue is called, as it stays when the issue moves on. Invoices may name any of them.
with told as (

    select
        contract_key,
        source,
        issue_id,
        key,
        min(read_at) as known_at,
        cast(0 as bigint) as change_id,
        2 as place
    from {{ source('landed', 'jira__issues') }}
    group by contract_key, source, issue_id, key
    union all
    select
        contract_key,
        source,
        issue_id,
        previous_key as key,
        moved_at as known_at,
        change_id,
        0 as place
    from {{ source('landed', 'jira__moves') }}
    union all
    select
        contract_key,
        source,
        issue_id,
        key,
        moved_at as known_at,
        change_id,
        1 as place
    from {{ source('landed', 'jira__moves') }}

),

named as (

    select
        contract_key,
        source,
        issue_id,
        key,
        first_value(key) over (
            partition by contract_key, source, issue_id order by known_at, change_id, place
        ) as first_key
    from told

)

select
    contract_key,
    source,
    issue_id,
    key,
    source || '-' || key as alias_id,
    source || '-' || min(first_key) as subject_id
from named
group by contract_key, source, issue_id, key
