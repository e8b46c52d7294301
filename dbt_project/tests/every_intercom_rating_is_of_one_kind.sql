-- Intercom has a rating of the teammate and one of Fin. Where a definition asks for ratings and
-- both occur, the contract has to say which counts; else the last of two things would decide.
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
    ratings.source || ': both a teammate and Fin were rated, such as in conversation '
    || min(ratings.conversation_id) || ', and the contract does not say which rating counts; add '
    || 'rating: teammate or rating: fin to sources.' || ratings.source as message
from {{ ref('stg_intercom__ratings') }} as ratings
inner join asked
    on ratings.contract_key = asked.contract_key
where ratings.rating_counted is null
group by ratings.source
having count(distinct ratings.rating_of) > 1
