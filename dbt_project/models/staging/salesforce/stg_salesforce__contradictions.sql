-- One row per case and way in which Salesforce contradicts itself about it: a change came with two
-- contents, the status before is not the one that the log has, the case has another status or
-- owner than history leaves, or it was closed and history does not say so.
with left_at_last as (

    select
        contract_key,
        source,
        case_id,
        case
            when status_kind <> logged_kind then 'status at last'
            when owner <> logged_owner then 'owner at last'
            when was_closed and logged_kind is null then 'closed unseen'
        end as contradiction
    from {{ ref('stg_salesforce__left_at_last') }}

),

contradictions as (

    select
        contract_key,
        source,
        case_id,
        'two contents' as contradiction
    from {{ ref('stg_salesforce__changes') }}
    where content_number > 1
    union
    select
        contract_key,
        source,
        case_id,
        'status before' as contradiction
    from {{ ref('stg_salesforce__states') }}
    where said_previous_kind <> logged_previous_kind
    union
    select * from left_at_last
    where contradiction is not null

)

select
    contradictions.*,
    contradictions.source || '-' || coalesce(cases.case_number, contradictions.case_id)
        as subject_id
from contradictions
left join {{ ref('stg_salesforce__cases') }} as cases
    on
        contradictions.contract_key = cases.contract_key
        and contradictions.source = cases.source
        and contradictions.case_id = cases.case_id
