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

bands as (

    select
        *,
        lag(quantity_to, 1, 0) over (partition by price_key order by band_number) as starts_at
    from {{ source('terms', 'price_bands') }}

),

-- the bands of a price follow each other from nothing on, and the last one has no end
banded as (

    select
        price_key,
        bool_and(quantity_from = starts_at) and count(*) = count(quantity_to) + 1 as has_all
    from bands
    group by price_key

),

prices as (

    select
        terms.contract_key,
        terms.line_type,
        count(*) as price_count,
        count(distinct coalesce(terms.tier, '')) as tier_count,
        count(case
            when terms.price_model = 'percent_of_value' then terms.share
            when banded.has_all then 1
        end) as complete_count
    from {{ source('terms', 'price_terms') }} as terms
    left join banded
        on terms.price_key = banded.price_key
    group by terms.contract_key, terms.line_type

),

lacking as (

    select
        definitions.outcome,
        'has ' || coalesce(prices.price_count, 0) || ' prices, for '
        || coalesce(prices.tier_count, 0) || ' tiers, ' || coalesce(prices.complete_count, 0)
        || ' of them complete' as lack
    from definitions
    left join prices
        on
            definitions.contract_key = prices.contract_key
            and definitions.outcome = prices.line_type
    where
        definitions.counted_by <> 'measured'
        and (
            coalesce(prices.price_count, 0) = 0
            or prices.price_count <> prices.tier_count
            or prices.price_count <> prices.complete_count
        )
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
