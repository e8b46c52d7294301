-- One row per contract, priced term and basis: how many of it, or of a share of value, what value.
-- What is billed in total only is taken for ours as far as it goes; where its price needs to know
-- of which subject each was, for all of ours.
with terms as (

    select * from {{ source('terms', 'price_terms') }}
    where measured_by <> 'balance'

),

matches as (

    select
        *,
        verdict in ('met', 'pending')
        or (verdict = 'unverifiable' and unverifiable_policy <> 'dispute') as can_be_charged
    from {{ ref('int_matches') }}

),

matched as (

    select
        contract_key,
        price_key,
        count(case when verdict = 'met' then 1 end) as met_count,
        sum(case when verdict = 'met' then value end) as met_value,
        count(case when can_be_charged then 1 end) as chargeable_count,
        sum(case when can_be_charged then value end) as chargeable_value,
        count(case when is_payable then 1 end) as payable_count,
        sum(case when is_payable then value end) as payable_value,
        count(case when is_claimable_in_total then 1 end) as claimable_count,
        sum(case when is_claimable_in_total then value end) as claimable_value
    from matches
    where price_key is not null
    group by contract_key, price_key

),

used as (

    select
        contract_key,
        outcome as line_type,
        sum(quantity) as quantity
    from {{ ref('int_invoice_lines') }}
    where line_kind = 'usage'
    group by contract_key, outcome

),

counted as (

    select
        terms.*,
        coalesce(terms.agreed_quantity, used.quantity, 0) as used_quantity,
        coalesce(matched.met_count, 0) as met_count,
        coalesce(matched.met_value, 0) as met_value,
        coalesce(matched.chargeable_count, 0) as chargeable_count,
        coalesce(matched.chargeable_value, 0) as chargeable_value,
        coalesce(matched.payable_count, 0) as payable_count,
        coalesce(matched.payable_value, 0) as payable_value,
        coalesce(matched.claimable_count, 0) as claimable_count,
        coalesce(matched.claimable_value, 0) as claimable_value,
        coalesce(totals.unattributed_count, 0) as unattributed_count,
        coalesce(totals.total_over_invoiced_count, 0) as total_over_invoiced_count,
        coalesce(totals.total_under_invoiced_count, 0) as total_under_invoiced_count
    from terms
    left join matched
        on terms.price_key = matched.price_key
    left join used
        on
            terms.contract_key = used.contract_key
            and terms.line_type = used.line_type
    left join {{ ref('int_outcome_totals') }} as totals
        on
            terms.contract_key = totals.contract_key
            and terms.line_type = totals.outcome

)

{% set bases = {
    'recounted': ('met_count', 'met_value'),
    'at_most': ('chargeable_count', 'chargeable_value'),
    'recounted_and_billed': (
        'met_count - case when not needs_subject then total_under_invoiced_count else 0 end',
        'met_value'
    ),
    'payable': (
        'payable_count + case when not needs_subject'
        ~ ' then least(unattributed_count, claimable_count) else claimable_count end',
        'payable_value + claimable_value'
    ),
    'billed_in_total': ('case when not needs_subject then unattributed_count else 0 end', '0'),
    'billed_in_total_and_ours': (
        'case when not needs_subject then unattributed_count - total_over_invoiced_count'
        ~ ' else 0 end',
        '0'
    ),
} %}
{% for basis, (quantity, value) in bases.items() %}
select
    contract_key,
    price_key,
    line_type,
    tier,
    price_model,
    share,
    credits_each,
    '{{ basis }}' as basis,
    cast(
        case when measured_by = 'vendor' then used_quantity else {{ quantity }} end
        as decimal(18, 6)
    ) as quantity,
    cast({{ value }} as decimal(18, 4)) as value
from counted
{% if not loop.last %}union all{% endif %}
{% endfor %}
