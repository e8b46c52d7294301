-- One row per contract and basis: what the contract's own terms charge for what we recounted, for
-- what cannot be contested, and for all that can still be charged. Each term is rounded once; the
-- ceiling of the year goes before the floor of the month.
with terms as (

    select
        contract_key,
        basis,
        sum(amount) as amount
    from {{ ref('int_term_charges') }}
    where basis in ('recounted', 'payable', 'at_most')
    group by contract_key, basis

),

limits as (

    select
        contract_key,
        {% for limit, amount in [
            ('fee', 'platform_fee'), ('credits_bought', 'amount_of_credits_bought'),
            ('floor', 'monthly_floor'), ('cap', 'monthly_cap'), ('annual_left', 'annual_left')
        ] %}
        {{ round_to_minor_unit(amount, 'minor_units') }} as amount_{{ limit }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ source('terms', 'contracts') }}

),

computed as (

    select
        terms.contract_key,
        terms.basis,
        limits.amount_fee,
        limits.amount_credits_bought,
        limits.amount_annual_left,
        limits.amount_floor,
        limits.amount_cap,
        terms.amount + limits.amount_fee + limits.amount_credits_bought as amount_computed
    from terms
    inner join limits
        on terms.contract_key = limits.contract_key

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
