-- One row per contract and basis: what the contract's own terms charge for the recounted
-- quantities, and for those that cannot be contested. Each priced term is rounded once.
with priced as (

    select
        contract_key,
        basis,
        sum(amount) as amount_of_terms
    from {{ ref('int_term_charges') }}
    where basis in ('recounted', 'payable')
    group by contract_key, basis

),

computed as (

    select
        priced.contract_key,
        priced.basis,
        priced.amount_of_terms
        + {{ round_to_minor_unit('contracts.platform_fee', 'contracts.minor_units') }}
            as amount_computed,
        {{ round_to_minor_unit('contracts.platform_fee', 'contracts.minor_units') }} as amount_fee,
        {{ round_to_minor_unit('contracts.monthly_floor', 'contracts.minor_units') }}
            as amount_floor,
        {{ round_to_minor_unit('contracts.monthly_cap', 'contracts.minor_units') }} as amount_cap
    from priced
    inner join {{ source('terms', 'contracts') }} as contracts
        on priced.contract_key = contracts.contract_key

)

select
    contract_key,
    basis,
    cast(amount_computed as decimal(18, 6)) as amount_computed,
    amount_fee,
    cast(
        greatest(
            least(amount_computed, coalesce(amount_cap, amount_computed)),
            coalesce(amount_floor, 0)
        ) as decimal(18, 6)
    ) as amount
from computed
