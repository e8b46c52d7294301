-- One row per contract: invoiced subjects on which the log cannot be trusted to accuse somebody.
with invoiced as (

    select * from {{ ref('int_invoiced_subjects') }}

),

unknown_actors as (

    select distinct
        definition_key,
        subject_key
    from {{ ref('int_concluding_events') }}
    where is_by_unknown

),

contradicted as (

    select * from {{ ref('int_contradicted_subjects') }}

)

select
    invoiced.contract_key,
    count(*) as subject_invoiced_count,
    count(case when invoiced.is_known then 1 end) as subject_known_count,
    count(unknown_actors.subject_key) as subject_concluded_by_unknown_count,
    count(case when invoiced.is_known and invoiced.lacks_scope_attribute then 1 end)
        as subject_lacking_scope_attribute_count,
    count(contradicted.subject_id) as subject_contradicted_count
from invoiced
left join unknown_actors
    on
        invoiced.definition_key = unknown_actors.definition_key
        and invoiced.subject_key = unknown_actors.subject_key
left join contradicted
    on
        invoiced.contract_key = contradicted.contract_key
        and invoiced.subject_id = contradicted.subject_id
group by invoiced.contract_key
