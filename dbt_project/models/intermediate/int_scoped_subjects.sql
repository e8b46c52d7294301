-- One row per judged subject and outcome whose contract narrows the scope: is the subject in it,
-- and does it lack an attribute that decides so? Of a subject that nobody describes there is none.
with subjects as (

    select
        judged.subject_key,
        subjects.*
    from {{ ref('int_subjects') }} as subjects
    inner join {{ ref('int_judged_subjects') }} as judged
        on
            subjects.contract_key = judged.contract_key
            and subjects.subject_id = judged.subject_id

),

scope_terms as (

    select * from {{ source('terms', 'scope_terms') }}

),

compared as (

    select
        subjects.subject_key,
        scope_terms.outcome,
        scope_terms.attribute,
        scope_terms.accepted_value,
        case scope_terms.attribute
            when 'queue' then subjects.queue
            when 'channel' then subjects.channel
            when 'tier' then subjects.tier
            when 'language' then subjects.language
            when 'department' then subjects.department
            when 'is_test' then cast(subjects.is_test as varchar(5))
            else {{ attribute_of('subjects.attributes', 'scope_terms.attribute') }}
        end as attribute_value
    from subjects
    inner join scope_terms
        on subjects.contract_key = scope_terms.contract_key

),

per_attribute as (

    select
        subject_key,
        outcome,
        attribute,
        max(case when attribute_value = accepted_value then 1 else 0 end) as fits,
        max(case when attribute_value is null then 1 else 0 end) as lacks
    from compared
    group by subject_key, outcome, attribute

)

select
    subject_key,
    outcome,
    min(fits) = 1 as is_in_scope,
    max(lacks) = 1 as lacks_attribute
from per_attribute
group by subject_key, outcome
