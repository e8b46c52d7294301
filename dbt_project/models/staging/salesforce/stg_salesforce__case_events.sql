-- One row per event of a case: Salesforce's words are ours now, and each actor has a type.
with told as (

    select * from {{ ref('stg_salesforce__told') }}

),

cases as (

    select * from {{ ref('stg_salesforce__cases') }}

),

acted as (

    select
        told.*,
        coalesce(cases.case_number, told.case_id) as case_number,
        coalesce(related.case_number, told.related_case_id) as related_number,
        users.user_id,
        case
            when told.said_type is not null then told.said_type
            -- what came by e-mail or from a form was opened by whoever sent it
            when
                told.told = 'opened'
                and users.actor_type = 'automation'
                and cases.channel in ('Email', 'Web')
                then 'requester'
            else coalesce(users.actor_type, 'unknown')
        end as actor_type
    from told
    left join cases
        on
            told.contract_key = cases.contract_key
            and told.source = cases.source
            and told.case_id = cases.case_id
    left join cases as related
        on
            told.contract_key = related.contract_key
            and told.source = related.source
            and told.related_case_id = related.case_id
    left join {{ ref('stg_salesforce__users') }} as users
        on
            told.contract_key = users.contract_key
            and told.source = users.source
            and told.actor_key = users.user_key

)

select
    contract_key,
    source,
    event_id,
    source || '-' || case_number as subject_id,
    'ticket' as subject_type,
    case
        when told <> 'published' then told
        when actor_type = 'requester' then 'contacted'
        else 'replied'
    end as event_type,
    occurred_at,
    actor_type,
    coalesce(user_id, actor_key) as actor_id,
    value,
    case when value is not null then 'score_of_5' end as unit,
    source || '-' || related_number as related_subject_id
from acted
