-- One row per basis and priced term, and per fee, floor or cap that applies: how the contract's own
-- terms make the charge. The amounts of a basis add up to it.
with terms as (

    select * from {{ ref('int_term_charges') }}
    where basis in ('recounted', 'payable')

),

months as (

    select * from {{ ref('int_charges') }}

),

steps as (

    select
        contract_key,
        basis,
        line_type as term,
        tier,
        case price_model when 'percent_of_value' then value else quantity end as quantity,
        amount_exact,
        amount
    from terms
    union all
    select
        contract_key,
        basis,
        'platform_fee' as term,
        null as tier,
        1 as quantity,
        amount_fee as amount_exact,
        amount_fee as amount
    from months
    where amount_fee <> 0
    union all
    select
        contract_key,
        basis,
        case when amount > amount_computed then 'monthly_floor' else 'monthly_cap' end as term,
        null as tier,
        1 as quantity,
        amount - amount_computed as amount_exact,
        amount - amount_computed as amount
    from months
    where amount <> amount_computed

)

select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    steps.basis,
    steps.term,
    steps.tier,
    cast(steps.quantity as decimal(18, 6)) as quantity,
    cast(steps.amount as decimal(18, 6)) as amount,
    cast(steps.amount - steps.amount_exact as decimal(28, 12)) as amount_of_rounding
from steps
inner join {{ ref('int_runs') }} as runs
    on steps.contract_key = runs.contract_key
