-- One row per requester of a judged subject, where a clause of the contract links by requester.
with linking as (

    select distinct definitions.contract_key
    from {{ source('terms', 'clauses') }} as clauses
    inner join {{ source('terms', 'definitions') }} as definitions
        on clauses.definition_key = definitions.definition_key
    where clauses.link = 'requester'

)

select
    histories.contract_key,
    histories.requester_key,
    min(histories.subject_key) as requester_number
from {{ ref('int_histories') }} as histories
inner join linking
    on histories.contract_key = linking.contract_key
where histories.requester_key is not null
group by histories.contract_key, histories.requester_key
