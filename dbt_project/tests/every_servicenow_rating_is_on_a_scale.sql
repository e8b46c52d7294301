-- An answer on no scale of 1 to 5 is worth nothing that we know, and of several questions nobody
-- said which ones count. Where a definition asks for ratings, the contract has to say both; else
-- silence and praise would look alike.
with asked as (

    select distinct definitions.contract_key
    from {{ source('terms', 'clause_patterns') }} as patterns
    inner join {{ source('terms', 'clauses') }} as clauses
        on patterns.clause_key = clauses.clause_key
    inner join {{ source('terms', 'definitions') }} as definitions
        on clauses.definition_key = definitions.definition_key
    where patterns.event_type = 'rated'

),

questions as (

    select
        ratings.source,
        count(distinct case when not ratings.is_named then ratings.question_id end)
            as question_count,
        min(ratings.question_id) as first_question_id,
        min(case when ratings.score_value is null then ratings.question_id end) as off_question_id
    from {{ ref('stg_servicenow__ratings') }} as ratings
    inner join asked
        on ratings.contract_key = asked.contract_key
    group by ratings.source

)

select
    source || ': surveys about incidents have ' || question_count || ' questions with numbers, '
    || 'such as ' || first_question_id || '; add rating_questions: <sys_id> to sources.' || source
        as message
from questions
where question_count > 1
union all
select
    source || ': question ' || off_question_id || ' is on no scale of 1 to 5, and the contract '
    || 'does not say what its answers are worth; add rating_values: {"1": "5", ...} to sources.'
    || source as message
from questions
where question_count < 2 and off_question_id is not null
