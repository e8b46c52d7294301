-- One row per rating and instant at which it was given or changed. A survey's scale goes before
-- good and bad, which Zendesk derives from it; and what the updates of a ticket tell of good and
-- bad goes before the list of ratings, which knows the last change alone.
with surveys as (

    select distinct
        contract_key,
        source,
        ticket_id,
        lpad(cast(epoch_second as varchar(12)), 12, '0') || '-' || survey_response_id
            as rating_id,
        rated_at,
        requester_key,
        score_value
    from {{ source('landed', 'zendesk__survey_responses') }}
    where rated_at is not null

),

updates as (

    select
        contract_key,
        source,
        ticket_id,
        update_id as rating_id,
        occurred_at as rated_at,
        cast(null as varchar(20)) as requester_key,
        score_value
    from {{ ref('stg_zendesk__parts') }}
    where told = 'rated'

),

listed as (

    select distinct
        contract_key,
        source,
        ticket_id,
        lpad(cast(epoch_second as varchar(12)), 12, '0') || '-' || rating_id as rating_id,
        updated_at as rated_at,
        requester_key,
        score_value
    from {{ source('landed', 'zendesk__satisfaction_ratings') }}
    where score in ('good', 'bad')

),

surveyed as (

    select distinct
        contract_key,
        source,
        ticket_id
    from surveys

),

good_or_bad as (

    select * from updates
    union all
    select listed.*
    from listed
    left join updates
        on
            listed.contract_key = updates.contract_key
            and listed.source = updates.source
            and listed.ticket_id = updates.ticket_id
            and listed.rated_at = updates.rated_at
    where updates.ticket_id is null

)

select * from surveys
union all
select good_or_bad.*
from good_or_bad
left join surveyed
    on
        good_or_bad.contract_key = surveyed.contract_key
        and good_or_bad.source = surveyed.source
        and good_or_bad.ticket_id = surveyed.ticket_id
where surveyed.ticket_id is null
