-- One row per case that was opened since we look, with the kind of status that it was born with.
-- History holds no values of birth: it is what the first change says was before. A case that never
-- changed was born as it is, unless it was closed later than it was opened.
with observed as (

    select
        contract_key,
        source,
        min(observed_from) as observed_from
    from {{ source('landed', 'coverage') }}
    group by contract_key, source

),

states as (

    select
        *,
        row_number() over (
            partition by contract_key, source, case_id
            order by occurred_at, history_id, content_number
        ) as change_number
    from {{ ref('stg_salesforce__states') }}

)

select
    cases.contract_key,
    cases.source,
    cases.case_id,
    cases.created_at,
    cases.creator,
    case
        when states.case_id is not null then states.said_previous_kind
        when cases.is_closed and cases.closed_at > cases.created_at then 'open'
        else cases.status_kind
    end as born_kind
from {{ ref('stg_salesforce__cases') }} as cases
inner join observed
    on
        cases.contract_key = observed.contract_key
        and cases.source = observed.source
        and cases.created_at >= observed.observed_from
left join states
    on
        cases.contract_key = states.contract_key
        and cases.source = states.source
        and cases.case_id = states.case_id
        and states.change_number = 1
