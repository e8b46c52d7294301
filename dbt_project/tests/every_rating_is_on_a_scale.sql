-- Good and bad are no numbers. Where a definition asks for ratings, the contract has to say what
-- they are worth; else silence and praise would look alike.
with asked as (

    select distinct definitions.contract_key
    from {{ source('terms', 'clause_patterns') }} as patterns
    inner join {{ source('terms', 'clauses') }} as clauses
        on patterns.clause_key = clauses.clause_key
    inner join {{ source('terms', 'definitions') }} as definitions
        on clauses.definition_key = definitions.definition_key
    where patterns.event_type = 'rated'

)

select
    ratings.source || ': ticket ' || min(ratings.ticket_id) || ' was rated good or bad, and the '
    || 'contract does not say what that is worth; add ratings: {good: "5", bad: "1"} to sources.'
    || ratings.source as message
from {{ ref('stg_zendesk__ratings') }} as ratings
inner join asked
    on ratings.contract_key = asked.contract_key
where ratings.score_value is null
group by ratings.source
