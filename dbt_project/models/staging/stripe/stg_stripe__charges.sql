-- One row per charge and content with which it was seen last: more than one is a contradiction.
with seen as (

    select distinct
        contract_key,
        source,
        charge_id,
        payment_intent_id,
        subject,
        actor,
        requester_key,
        status,
        is_captured,
        is_disputed,
        created_at,
        moved_at,
        epoch_second,
        amount,
        amount_refunded,
        currency_code,
        seen_at
    from {{ source('landed', 'stripe__charges') }}

),

aged as (

    select
        *,
        rank() over (partition by contract_key, source, charge_id order by seen_at desc) as age
    from seen

)

select
    *,
    source || '-' || coalesce(subject, payment_intent_id, charge_id) as subject_id,
    row_number() over (
        partition by contract_key, source, charge_id
        order by
            status, is_captured, is_disputed, moved_at, amount, amount_refunded, currency_code,
            subject, actor, payment_intent_id, requester_key, created_at
    ) as content_number
from aged
where age = 1
