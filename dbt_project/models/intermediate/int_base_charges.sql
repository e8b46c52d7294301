-- One row per contract and basis: what its priced terms and its fees come to, each rounded once.
with terms as (

    select
        contract_key,
        basis,
        sum(amount) as amount
    from {{ ref('int_term_charges') }}
    where basis in ('recounted', 'payable', 'at_most')
    group by contract_key, basis

),

fees as (

    select
        contract_key,
        {{ round_to_minor_unit('platform_fee', 'minor_units') }} as amount_fee,
        {{ round_to_minor_unit('amount_of_credits_bought', 'minor_units') }}
            as amount_credits_bought
    from {{ source('terms', 'contracts') }}

)

select
    terms.contract_key,
    terms.basis,
    fees.amount_fee,
    fees.amount_credits_bought,
    cast(
        terms.amount + fees.amount_fee + fees.amount_credits_bought as decimal(18, 6)
    ) as amount
from terms
inner join fees
    on terms.contract_key = fees.contract_key
