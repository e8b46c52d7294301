-- One row per answer to a survey that counts and ticket that it is about. An answer that came with
-- two values is two contents.
with counting as (

    select distinct
        answers.contract_key,
        answers.source,
        answers.ticket_id,
        answers.submission_id,
        answers.occurred_at,
        answers.epoch_ms,
        answers.survey_id,
        answers.said,
        answers.value,
        answers.scale
    from {{ source('landed', 'hubspot__submissions') }} as answers
    left join {{ ref('stg_hubspot__moved') }} as moved
        on
            answers.contract_key = moved.contract_key
            and answers.source = moved.source
            and answers.ticket_id = moved.ticket_id
            and 'answer-' || answers.submission_id = moved.record_id
    where answers.scale is not null and moved.record_id is null

)

select
    *,
    row_number() over (
        partition by contract_key, source, ticket_id, submission_id order by occurred_at, said
    ) as content_number
from counting
