-- One row per refund and content with which it was seen last: more than one is a contradiction.
with seen as (

    select distinct
        contract_key,
        source,
        refund_id,
        charge_id,
        payment_intent_id,
        status,
        moved_at,
        epoch_second,
        returned_at,
        amount,
        currency_code,
        seen_at
    from {{ source('landed', 'stripe__refunds') }}

),

aged as (

    select
        *,
        rank() over (partition by contract_key, source, refund_id order by seen_at desc) as age
    from seen

)

select
    *,
    row_number() over (
        partition by contract_key, source, refund_id
        order by
            status, moved_at, returned_at, amount, currency_code, charge_id, payment_intent_id
    ) as content_number
from aged
where age = 1
