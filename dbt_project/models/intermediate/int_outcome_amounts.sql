-- One row per outcome of a contract: what it costs by the contract, and what was billed too much or
-- too little of it. A line counts at what it bills; what no line names, at the contract's price.
with totals as (

    select * from {{ ref('int_outcome_totals') }}

),

charges as (

    select
        contract_key,
        line_type,
        {% for basis in [
            'recounted', 'recounted_and_billed', 'billed_in_total', 'billed_in_total_and_ours'
        ] %}
        sum(case when basis = '{{ basis }}' then amount_exact else 0 end) as amount_{{ basis }},
        {% endfor %}
        sum(case when basis = 'recounted' then amount else 0 end) as amount
    from {{ ref('int_term_charges') }}
    group by contract_key, line_type

)

select
    totals.*,
    cast(charges.amount as decimal(18, 6)) as amount_recounted,
    cast(
        charges.amount_billed_in_total - charges.amount_billed_in_total_and_ours as decimal(18, 6)
    ) as amount_over_invoiced_in_total,
    cast(
        charges.amount_recounted - charges.amount_recounted_and_billed as decimal(18, 6)
    ) as amount_under_invoiced_in_total,
    cast(
        totals.amount_of_lines_over_invoiced
        + charges.amount_billed_in_total - charges.amount_billed_in_total_and_ours
        as decimal(18, 6)
    ) as amount_over_invoiced,
    cast(
        totals.amount_not_invoiced
        + charges.amount_recounted - charges.amount_recounted_and_billed
        as decimal(18, 6)
    ) as amount_under_invoiced
from totals
inner join charges
    on
        totals.contract_key = charges.contract_key
        and totals.outcome = charges.line_type
