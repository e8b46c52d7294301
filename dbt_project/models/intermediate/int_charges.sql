-- One row per contract and basis: what the contract's own terms charge for what we recounted, for
-- what cannot be contested, and for all that can still be charged. Each term is rounded once; the
-- ceiling of the year goes before the floor of the month.
with performed as (

    select
        contract_key,
        basis,
        sum(amount) as amount
    from {{ ref('int_performance') }}
    group by contract_key, basis

),

limits as (

    select
        contract_key,
        {{ round_to_minor_unit('monthly_floor', 'minor_units') }} as amount_floor,
        {{ round_to_minor_unit('monthly_cap', 'minor_units') }} as amount_cap,
        {{ round_to_minor_unit('annual_left', 'minor_units') }} as amount_annual_left
    from {{ source('terms', 'contracts') }}

),

computed as (

    select
        base.contract_key,
        base.basis,
        base.amount_fee,
        base.amount_credits_bought,
        limits.amount_annual_left,
        limits.amount_floor,
        limits.amount_cap,
        base.amount + coalesce(performed.amount, 0) as amount_computed
    from {{ ref('int_base_charges') }} as base
    inner join limits
        on base.contract_key = limits.contract_key
    left join performed
        on
            base.contract_key = performed.contract_key
            and base.basis = performed.basis

),

of_the_month as (

    select
        *,
        greatest(
            least(amount_computed, coalesce(amount_cap, amount_computed)),
            coalesce(amount_floor, 0)
        ) as amount_of_month
    from computed

)

select
    contract_key,
    basis,
    amount_fee,
    amount_credits_bought,
    cast(amount_computed as decimal(18, 6)) as amount_computed,
    cast(amount_of_month as decimal(18, 6)) as amount_of_month,
    cast(
        least(amount_of_month, coalesce(amount_annual_left, amount_of_month)) as decimal(18, 6)
    ) as amount
from of_the_month
