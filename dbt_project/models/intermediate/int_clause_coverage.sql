-- One row per clause: can the sources show every event type that it names, from when, and until
-- when have we looked at all of them? `as_of` by default, never later.
with patterns as (

    select distinct
        clause_patterns.clause_key,
        clause_patterns.event_type,
        definitions.contract_key
    from {{ source('terms', 'clause_patterns') }} as clause_patterns
    inner join {{ source('terms', 'clauses') }} as clauses
        on clause_patterns.clause_key = clauses.clause_key
    inner join {{ source('terms', 'definitions') }} as definitions
        on clauses.definition_key = definitions.definition_key

)

select
    patterns.clause_key,
    count(*) = count(coverage.event_type) as is_shown,
    max(coverage.observed_from) as observed_from,
    min(coalesce(coverage.observed_until, runs.as_of)) as observed_until
from patterns
inner join {{ source('terms', 'runs') }} as runs
    on patterns.contract_key = runs.contract_key
left join {{ ref('int_coverage') }} as coverage
    on
        patterns.contract_key = coverage.contract_key
        and patterns.event_type = coverage.event_type
group by patterns.clause_key
