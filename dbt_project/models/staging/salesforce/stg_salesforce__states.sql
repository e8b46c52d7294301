-- One row per change of a case's status and content, with what it means. Beside it stands the kind
-- before, as the log has it; the change's own word for it counts where the log has nothing. The
-- change with which a case was merged into another, and kept, solved nothing.
with changes as (

    select * from {{ ref('stg_salesforce__changes') }}
    where field = 'Status'

),

merged as (

    select
        contract_key,
        source,
        case_id,
        min(modified_at) as merged_at
    from {{ source('landed', 'salesforce__cases') }}
    where master_case_id is not null and not is_deleted
    group by contract_key, source, case_id

),

placed as (

    select
        changes.*,
        coalesce(changes.occurred_at = merged.merged_at, false) as is_merge
    from changes
    left join merged
        on
            changes.contract_key = merged.contract_key
            and changes.source = merged.source
            and changes.case_id = merged.case_id
            and changes.occurred_at = merged.merged_at

),

sequenced as (

    select
        *,
        lag(status_kind) over (
            partition by contract_key, source, case_id
            order by occurred_at, history_id, content_number
        ) as logged_previous_kind
    from placed

)

select
    *,
    case
        when is_merge or status_kind = 'merged' then null
        when
            status_kind = 'open'
            and coalesce(logged_previous_kind, said_previous_kind) <> 'open'
            then 'reopened'
        when
            status_kind = 'solved'
            and coalesce(logged_previous_kind, said_previous_kind, 'open') = 'open'
            then 'solved'
        when
            status_kind = 'closed'
            and coalesce(logged_previous_kind, said_previous_kind, 'open') <> 'closed'
            then 'closed'
    end as status_change
from sequenced
