-- One row per rating and instant at which it was given or changed, as far as an extraction saw it.
with versions as (

    select distinct
        contract_key,
        source,
        rating_id,
        ticket_id,
        rated_at,
        updated_at,
        epoch_second,
        updated_second,
        rater,
        rater_key,
        score,
        score_value
    from {{ source('landed', 'freshdesk__satisfaction_ratings') }}

),

sequenced as (

    select
        *,
        lag(score) over (
            partition by contract_key, source, rating_id order by updated_at, score
        ) as previous_score,
        row_number() over (
            partition by contract_key, source, rating_id, updated_at order by score
        ) as content_number
    from versions

),

given as (

    select
        *,
        case when previous_score is null then rated_at else updated_at end as given_at,
        case when previous_score is null then epoch_second else updated_second end as given_second
    from sequenced
    where previous_score is null or score <> previous_score

)

select
    contract_key,
    source,
    rating_id,
    ticket_id,
    rater,
    rater_key,
    score,
    score_value,
    content_number,
    given_at,
    lpad(cast(given_second as varchar(12)), 12, '0')
    || '-' || rating_id || '-' || content_number as place
from given
