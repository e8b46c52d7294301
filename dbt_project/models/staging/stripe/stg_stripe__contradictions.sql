-- One row per recovery and way in which Stripe contradicts itself about it: one object was seen
-- with two contents, or a charge says that it was disputed or refunded, and no such object came.
with charges as (

    select * from {{ ref('stg_stripe__charges') }}

),

refunds as (

    select * from {{ ref('stg_stripe__refunds') }}

),

disputes as (

    select * from {{ ref('stg_stripe__disputes') }}

),

two_contents as (

    select
        contract_key,
        source,
        charge_id
    from charges
    where content_number > 1
    union
    select
        contract_key,
        source,
        charge_id
    from refunds
    where content_number > 1
    union
    select
        contract_key,
        source,
        charge_id
    from disputes
    where content_number > 1

),

refunded as (

    select
        contract_key,
        source,
        charge_id,
        sum(amount) as amount
    from refunds
    where content_number = 1
    group by contract_key, source, charge_id

)

select
    charges.contract_key,
    charges.subject_id,
    'two contents' as contradiction
from charges
inner join two_contents
    on
        charges.contract_key = two_contents.contract_key
        and charges.source = two_contents.source
        and charges.charge_id = two_contents.charge_id
union
select
    charges.contract_key,
    charges.subject_id,
    'no such dispute' as contradiction
from charges
left join disputes
    on
        charges.contract_key = disputes.contract_key
        and charges.source = disputes.source
        and charges.charge_id = disputes.charge_id
where charges.is_disputed and disputes.charge_id is null
union
select
    charges.contract_key,
    charges.subject_id,
    'no such refund' as contradiction
from charges
left join refunded
    on
        charges.contract_key = refunded.contract_key
        and charges.source = refunded.source
        and charges.charge_id = refunded.charge_id
where charges.amount_refunded > coalesce(refunded.amount, 0)
