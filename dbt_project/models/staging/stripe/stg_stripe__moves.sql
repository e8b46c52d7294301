-- One row per way in which money moved: it came in, was sent back, or was taken back. A failed
-- payment moved nothing in the end, and what was sent or taken back may have returned.
with statuses as (

    select * from {{ ref('stripe_statuses') }}

)

select
    charges.contract_key,
    charges.source,
    charges.charge_id,
    charges.payment_intent_id,
    charges.charge_id as move_id,
    charges.content_number,
    'recovered' as event_type,
    charges.moved_at,
    charges.epoch_second,
    cast(null as timestamp) as returned_at,
    charges.actor,
    charges.amount,
    charges.currency_code
from {{ ref('stg_stripe__charges') }} as charges
inner join statuses
    on charges.status = statuses.status and statuses.object = 'charge'
where statuses.status_kind = 'moved' and charges.is_captured
union all
select
    refunds.contract_key,
    refunds.source,
    refunds.charge_id,
    refunds.payment_intent_id,
    refunds.refund_id as move_id,
    refunds.content_number,
    'refunded' as event_type,
    refunds.moved_at,
    refunds.epoch_second,
    case when statuses.status_kind = 'undone' then coalesce(refunds.returned_at, refunds.moved_at)
    end as returned_at,
    cast(null as varchar(500)) as actor,
    refunds.amount,
    refunds.currency_code
from {{ ref('stg_stripe__refunds') }} as refunds
inner join statuses
    on refunds.status = statuses.status and statuses.object = 'refund'
where statuses.status_kind in ('moved', 'undone')
union all
select
    contract_key,
    source,
    charge_id,
    payment_intent_id,
    dispute_id as move_id,
    content_number,
    'charged_back' as event_type,
    moved_at,
    epoch_second,
    returned_at,
    cast(null as varchar(500)) as actor,
    amount,
    currency_code
from {{ ref('stg_stripe__disputes') }}
