-- One row per contract and basis: what the contract's own terms charge for the recounted
-- quantities, and for those that cannot be contested. Each priced term is rounded once.
with totals as (

    select * from {{ ref('int_outcome_totals') }}

),

contracts as (

    select * from {{ source('terms', 'contracts') }}

),

quantities as (

    select
        contract_key,
        'recounted' as basis,
        per_outcome,
        recounted_count as quantity
    from totals
    union all
    select
        contract_key,
        'payable' as basis,
        per_outcome,
        payable_count as quantity
    from totals

),

priced as (

    select
        quantities.contract_key,
        quantities.basis,
        sum({{ round_to_minor_unit(
            'cast(quantities.per_outcome * quantities.quantity as decimal(28, 6))',
            'contracts.minor_units'
        ) }}) as amount_of_outcomes
    from quantities
    inner join contracts
        on quantities.contract_key = contracts.contract_key
    group by quantities.contract_key, quantities.basis

),

computed as (

    select
        priced.contract_key,
        priced.basis,
        priced.amount_of_outcomes
        + {{ round_to_minor_unit('contracts.platform_fee', 'contracts.minor_units') }}
            as amount_computed,
        {{ round_to_minor_unit('contracts.monthly_floor', 'contracts.minor_units') }}
            as amount_floor,
        {{ round_to_minor_unit('contracts.monthly_cap', 'contracts.minor_units') }} as amount_cap
    from priced
    inner join contracts
        on priced.contract_key = contracts.contract_key

)

select
    contract_key,
    basis,
    cast(
        greatest(
            least(amount_computed, coalesce(amount_cap, amount_computed)),
            coalesce(amount_floor, 0)
        ) as decimal(18, 6)
    ) as amount
from computed
