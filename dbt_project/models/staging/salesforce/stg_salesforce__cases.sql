-- One row per case, as it was extracted last.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, case_id
            order by changed_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'salesforce__cases') }}

)

select
    versions.*,
    coalesce(versions.contract_status_kind, statuses.status_kind) as status_kind
from versions
left join {{ ref('stg_salesforce__statuses') }} as statuses
    on
        versions.contract_key = statuses.contract_key
        and versions.source = statuses.source
        and versions.status = statuses.status
where versions.version_from_last = 1
