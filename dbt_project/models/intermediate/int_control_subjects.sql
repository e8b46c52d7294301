-- One row per contract: invoiced subjects on which the log cannot be trusted to accuse somebody.
with invoiced as (

    select * from {{ ref('int_invoiced_subjects') }}

),

unknown_actors as (

    select distinct
        concluding.contract_key,
        definitions.outcome,
        concluding.subject_id
    from {{ ref('int_concluding_events') }} as concluding
    inner join {{ source('terms', 'definitions') }} as definitions
        on concluding.definition_key = definitions.definition_key
    where definitions.counted_by = 'buyer' and concluding.is_by_unknown

)

select
    invoiced.contract_key,
    count(*) as subject_invoiced_count,
    count(case when invoiced.is_known then 1 end) as subject_known_count,
    count(unknown_actors.subject_id) as subject_concluded_by_unknown_count,
    count(case when invoiced.is_known and invoiced.lacks_scope_attribute then 1 end)
        as subject_lacking_scope_attribute_count
from invoiced
left join unknown_actors
    on
        invoiced.contract_key = unknown_actors.contract_key
        and invoiced.outcome = unknown_actors.outcome
        and invoiced.subject_id = unknown_actors.subject_id
group by invoiced.contract_key
