-- Terms that lack a part would not fail: they would find nothing, and count nothing.
with definitions as (

    select * from {{ source('terms', 'definitions') }}

),

clauses as (

    select
        clauses.definition_key,
        clauses.clause,
        clauses.clause_number,
        row_number() over (
            partition by clauses.definition_key order by clauses.clause_number
        ) as clause_position,
        count(patterns.clause_key) as pattern_count
    from {{ source('terms', 'clauses') }} as clauses
    left join {{ source('terms', 'clause_patterns') }} as patterns
        on clauses.clause_key = patterns.clause_key
    group by clauses.definition_key, clauses.clause_key, clauses.clause, clauses.clause_number

),

prices as (

    select
        contract_key,
        outcome,
        count(*) as price_count
    from {{ source('terms', 'price_terms') }}
    group by contract_key, outcome

),

lacking as (

    select
        definitions.outcome,
        'has ' || coalesce(prices.price_count, 0) || ' prices' as lack
    from definitions
    left join prices
        on
            definitions.contract_key = prices.contract_key
            and definitions.outcome = prices.outcome
    where coalesce(prices.price_count, 0) <> 1
    union all
    select
        definitions.outcome,
        'is run ' || count(runs.contract_key) || ' times' as lack
    from definitions
    left join {{ ref('int_runs') }} as runs
        on definitions.contract_key = runs.contract_key
    group by definitions.outcome, definitions.definition_key
    having count(runs.contract_key) <> 1
    union all
    select
        definitions.outcome,
        'is concluded by nothing' as lack
    from definitions
    left join {{ source('terms', 'concluding_patterns') }} as patterns
        on definitions.definition_key = patterns.definition_key
    where patterns.definition_key is null
    union all
    select
        definitions.outcome,
        'has the clause ' || clauses.clause || ' in no place or without a pattern' as lack
    from definitions
    inner join clauses
        on definitions.definition_key = clauses.definition_key
    where clauses.clause_number <> clauses.clause_position or clauses.pattern_count = 0

)

select 'outcome ''' || outcome || ''' ' || lack || '; it cannot be judged' as message
from lacking
order by message
