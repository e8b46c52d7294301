-- One row per payment that came in, refund and chargeback, as it stood when we last looked: what
-- had returned by then did not happen.
with moves as (

    select * from {{ ref('stg_stripe__moves') }}
    where moved_at is not null

),

coverage as (

    select * from {{ source('landed', 'coverage') }}

),

charges as (

    select
        contract_key,
        source,
        charge_id,
        subject_id
    from {{ ref('stg_stripe__charges') }}
    where content_number = 1

),

standing as (

    select
        moves.*,
        coalesce(
            charges.subject_id,
            moves.source || '-' || coalesce(moves.payment_intent_id, moves.charge_id)
        ) as subject_id
    from moves
    left join charges
        on
            moves.contract_key = charges.contract_key
            and moves.source = charges.source
            and moves.charge_id = charges.charge_id
    left join coverage
        on
            moves.contract_key = coverage.contract_key
            and moves.source = coverage.source
            and moves.event_type = coverage.event_type
    where moves.returned_at is null or moves.returned_at >= coverage.observed_until

)

select
    contract_key,
    source,
    lpad(cast(epoch_second as varchar(12)), 12, '0') || '-' || move_id
    || case when content_number > 1 then '-' || content_number else '' end as event_id,
    subject_id,
    'recovery' as subject_type,
    event_type,
    moved_at as occurred_at,
    case when event_type = 'charged_back' then 'requester' else 'unknown' end as actor_type,
    actor as actor_id,
    amount as value,
    currency_code as unit,
    case when event_type <> 'recovered' then source || '-' || charge_id end as related_subject_id
from standing
where subject_id is not null
