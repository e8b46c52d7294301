-- One row per basis and priced term, and per fee or limit that applies: how the contract's own
-- terms make the charge. The amounts of a basis add up to it.
with terms as (

    select * from {{ ref('int_term_charges') }}
    where basis in ('recounted', 'payable', 'at_most')

),

months as (

    select * from {{ ref('int_charges') }}

),

limits as (

    {% for term, amount in [
        ("'platform_fee'", 'amount_fee'),
        ("'credits_bought'", 'amount_credits_bought'),
        (
            "case when amount_of_month > amount_computed then 'monthly_floor'"
            ~ " else 'monthly_cap' end",
            'amount_of_month - amount_computed'
        ),
        ("'annual_ceiling'", 'amount - amount_of_month')
    ] %}
    select
        contract_key,
        basis,
        {{ term }} as term,
        {{ amount }} as amount
    from months
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

performed as (

    select * from {{ ref('int_performance') }}
    where amount <> 0

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
        term,
        null as tier,
        quantity,
        amount_exact,
        amount
    from performed
    union all
    select
        contract_key,
        basis,
        term,
        null as tier,
        1 as quantity,
        amount as amount_exact,
        amount
    from limits
    where amount <> 0

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
