-- One row per ticket, as it was read last, whichever of the three lists had it.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, ticket_id
            order by read_at desc, updated_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'freshdesk__tickets') }}

),

observed as (

    select
        contract_key,
        source,
        min(observed_from) as observed_from,
        min(observed_until) as observed_until
    from {{ source('landed', 'coverage') }}
    group by contract_key, source

),

kinds as (

    select
        contract_key,
        source,
        status_id,
        min(status_kind) as status_kind
    from {{ ref('stg_freshdesk__statuses') }}
    group by contract_key, source, status_id

)

select
    versions.*,
    kinds.status_kind,
    -- what was changed later may have activities that are not landed yet
    versions.updated_at < observed.observed_until as is_settled,
    versions.created_at >= observed.observed_from as is_wholly_observed,
    versions.resolved_at >= observed.observed_from as is_solution_observed
from versions
inner join observed
    on
        versions.contract_key = observed.contract_key
        and versions.source = observed.source
left join kinds
    on
        versions.contract_key = kinds.contract_key
        and versions.source = kinds.source
        and versions.status_id = kinds.status_id
where versions.version_from_last = 1
