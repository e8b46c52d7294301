-- One row per event with which a case ends: it was merged into another, or deleted. Only the case
-- itself tells so, by its last change.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, case_id, master_case_id is null
            order by changed_at, file, record_number
        ) as version_number
    from {{ source('landed', 'salesforce__cases') }}

),

deletions as (

    select distinct
        contract_key,
        source,
        case_id,
        modified_at,
        modifier
    from versions
    where is_deleted and master_case_id is null

)

select
    contract_key,
    source,
    '8-' || case_id || '-merged' as event_id,
    case_id,
    'merged' as told,
    modified_at as occurred_at,
    modifier as actor_key,
    master_case_id as related_case_id
from versions
where master_case_id is not null and version_number = 1
union all
select
    contract_key,
    source,
    '8-' || case_id || '-deleted-' || cast(modified_at as varchar(30)) as event_id,
    case_id,
    'deleted' as told,
    modified_at as occurred_at,
    modifier as actor_key,
    null as related_case_id
from deletions
