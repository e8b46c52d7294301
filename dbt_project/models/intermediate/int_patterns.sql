-- One row per definition or clause, event type and actor type whose events it names. What an
-- unknown actor concludes is named too, wherever a definition asks who did it.
with concluding as (

    select * from {{ source('terms', 'concluding_patterns') }}

),

by_unknown as (

    select
        definition_key,
        event_type,
        'unknown' as actor_type
    from concluding
    group by definition_key, event_type
    having count(case when actor_type = 'unknown' then 1 end) = 0

),

conclusions as (

    select
        *,
        false as is_by_unknown
    from concluding
    union all
    select
        *,
        true as is_by_unknown
    from by_unknown

)

select
    definitions.contract_key,
    conclusions.definition_key,
    cast(null as integer) as clause_key,
    conclusions.event_type,
    conclusions.actor_type,
    conclusions.is_by_unknown,
    'subject' as link,
    cast(null as decimal(18, 4)) as at_least,
    cast(null as decimal(18, 4)) as at_most,
    cast(null as varchar(20)) as unit
from conclusions
inner join {{ source('terms', 'definitions') }} as definitions
    on conclusions.definition_key = definitions.definition_key
union all
select
    definitions.contract_key,
    clauses.definition_key,
    clauses.clause_key,
    patterns.event_type,
    patterns.actor_type,
    false as is_by_unknown,
    clauses.link,
    clauses.at_least,
    clauses.at_most,
    clauses.unit
from {{ source('terms', 'clause_patterns') }} as patterns
inner join {{ source('terms', 'clauses') }} as clauses
    on patterns.clause_key = clauses.clause_key
inner join {{ source('terms', 'definitions') }} as definitions
    on clauses.definition_key = definitions.definition_key
