-- One row per case that did not change since we stopped looking, beside what history leaves of it.
with observed as (

    select
        contract_key,
        source,
        min(observed_from) as observed_from,
        min(observed_until) as observed_until
    from {{ source('landed', 'coverage') }}
    group by contract_key, source

),

states as (

    select * from {{ ref('stg_salesforce__states') }}

),

owners as (

    select
        contract_key,
        source,
        case_id,
        max_by(new_value, {{ event_order('occurred_at', 'history_id') }}) as logged_owner
    from {{ ref('stg_salesforce__changes') }}
    where field = 'Owner'
    group by contract_key, source, case_id

),

statuses as (

    select
        contract_key,
        source,
        case_id,
        max_by(status_kind, {{ event_order('occurred_at', 'history_id') }}) as logged_kind
    from states
    group by contract_key, source, case_id

)

select
    cases.contract_key,
    cases.source,
    cases.case_id,
    cases.status_kind,
    cases.owner,
    statuses.logged_kind,
    owners.logged_owner,
    cases.is_closed
    and cases.closed_at > cases.created_at
    and cases.closed_at >= observed.observed_from as was_closed
from {{ ref('stg_salesforce__cases') }} as cases
inner join observed
    on
        cases.contract_key = observed.contract_key
        and cases.source = observed.source
        and cases.changed_at < observed.observed_until
left join statuses
    on
        cases.contract_key = statuses.contract_key
        and cases.source = statuses.source
        and cases.case_id = statuses.case_id
left join owners
    on
        cases.contract_key = owners.contract_key
        and cases.source = owners.source
        and cases.case_id = owners.case_id
