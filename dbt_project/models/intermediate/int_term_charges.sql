-- One row per contract, priced term and basis: what the term charges for its quantity, exactly and
-- rounded once. Of graduated bands each unit has its own price, of volume the reached one is
-- everybody's; what draws credits costs what these cost beyond those that are left.
with quantities as (

    select
        contract_key,
        price_key,
        line_type,
        tier,
        price_model,
        share,
        basis,
        quantity,
        value
    from {{ ref('int_priced_quantities') }}
    union all
    select
        contract_key,
        price_key,
        line_type,
        null as tier,
        price_model,
        null as share,
        basis,
        credits_beyond as quantity,
        0 as value
    from {{ ref('int_credits_drawn') }}
    where basis <> 'invoiced'

),

banded as (

    select
        quantities.contract_key,
        quantities.price_key,
        quantities.basis,
        case
            when quantities.price_model = 'graduated'
                then greatest(
                    least(quantities.quantity, coalesce(bands.quantity_to, quantities.quantity))
                    - bands.quantity_from,
                    0
                )
            when
                quantities.price_model = 'volume'
                and quantities.quantity > bands.quantity_from
                and quantities.quantity <= coalesce(bands.quantity_to, quantities.quantity)
                then quantities.quantity
            else 0
        end as quantity,
        bands.price_each
    from quantities
    inner join {{ source('terms', 'price_bands') }} as bands
        on quantities.price_key = bands.price_key

),

summed as (

    select
        contract_key,
        price_key,
        basis,
        cast(sum({{ product('quantity', 'price_each') }}) as decimal(28, 12)) as amount
    from banded
    group by contract_key, price_key, basis

),

exact as (

    select
        quantities.*,
        case quantities.price_model
            when 'percent_of_value'
                then cast({{ product('quantities.value', 'quantities.share') }} as decimal(28, 12))
            else coalesce(summed.amount, 0)
        end as amount_exact
    from quantities
    left join summed
        on
            quantities.contract_key = summed.contract_key
            and quantities.price_key = summed.price_key
            and quantities.basis = summed.basis

)

select
    exact.*,
    {{ round_to_minor_unit('exact.amount_exact', 'contracts.minor_units') }} as amount
from exact
inner join {{ source('terms', 'contracts') }} as contracts
    on exact.contract_key = contracts.contract_key
