-- One row per answer to a survey question that counts, and instant at which it was given. An
-- answer that came with two values for one instant is two.
with answers as (

    select distinct
        contract_key,
        source,
        rating_id,
        incident_id,
        question_id,
        rated_at,
        requester_key,
        answer,
        score_value,
        is_named
    from {{ source('landed', 'servicenow__ratings') }}
    where is_asked

)

select
    *,
    row_number() over (
        partition by contract_key, source, rating_id, rated_at
        order by answer, question_id, incident_id, requester_key
    ) as content_number
from answers
