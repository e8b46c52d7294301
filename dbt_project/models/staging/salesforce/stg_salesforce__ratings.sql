-- One row per answer to the survey question that counts, and case that it is about: itself, or by
-- a conversation. Only a response that was completed counts. A survey has a subject for its
-- invitation and one for its response, which are one.
with answers as (

    select
        *,
        row_number() over (
            partition by contract_key, source, answer_id
            order by changed_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'salesforce__answers') }}

),

responses as (

    select
        *,
        row_number() over (
            partition by contract_key, source, response_id
            order by changed_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'salesforce__responses') }}

),

surveyed as (

    select * from {{ source('landed', 'salesforce__surveyed') }}

)

select distinct
    answers.contract_key,
    answers.source,
    answers.answer_id,
    coalesce(sessions.case_id, surveyed.about_id) as case_id,
    responses.completed_at as rated_at,
    responses.requester_key,
    answers.answer,
    answers.score_value
from answers
inner join responses
    on
        answers.contract_key = responses.contract_key
        and answers.source = responses.source
        and answers.response_id = responses.response_id
        and responses.version_from_last = 1
inner join surveyed
    on
        responses.contract_key = surveyed.contract_key
        and responses.source = surveyed.source
        and surveyed.parent_id in (responses.response_id, responses.invitation_id)
left join {{ ref('stg_salesforce__sessions') }} as sessions
    on
        surveyed.contract_key = sessions.contract_key
        and surveyed.source = sessions.source
        and surveyed.about_id = sessions.session_id
where
    answers.version_from_last = 1
    and answers.answer is not null
    and responses.status = 'Completed'
    and responses.completed_at is not null
    and coalesce(sessions.case_id, surveyed.about_id) like '500%'
