-- One row per contract that has credits and basis: how many are drawn, and how many of them beyond
-- those that are left. Of what is billed and has several tiers, nobody knows which: the dearest.
with quantities as (

    select
        contract_key,
        basis,
        sum(quantity * credits_each) as credits_drawn
    from {{ ref('int_priced_quantities') }}
    where credits_each is not null
    group by contract_key, basis

),

drawing as (

    select
        contract_key,
        line_type,
        measured_by,
        max(credits_each) as credits_each
    from {{ source('terms', 'price_terms') }}
    where credits_each is not null
    group by contract_key, line_type, measured_by

),

billed as (

    select
        lines.contract_key,
        lines.outcome as line_type,
        sum(lines.quantity) as quantity
    from {{ ref('int_invoice_lines') }} as lines
    where lines.line_kind in ('outcome', 'unattributed', 'usage')
    group by lines.contract_key, lines.outcome

),

drawn as (

    select
        contract_key,
        basis,
        credits_drawn
    from quantities
    union all
    select
        drawing.contract_key,
        'invoiced' as basis,
        sum(coalesce(billed.quantity, 0) * drawing.credits_each) as credits_drawn
    from drawing
    left join billed
        on
            drawing.contract_key = billed.contract_key
            and drawing.line_type = billed.line_type
    group by drawing.contract_key

)

select
    drawn.contract_key,
    terms.price_key,
    terms.line_type,
    terms.price_model,
    drawn.basis,
    cast(drawn.credits_drawn as decimal(18, 6)) as credits_drawn,
    cast(
        greatest(drawn.credits_drawn - contracts.credits_available, 0) as decimal(18, 6)
    ) as credits_beyond
from drawn
inner join {{ source('terms', 'contracts') }} as contracts
    on drawn.contract_key = contracts.contract_key
inner join {{ source('terms', 'price_terms') }} as terms
    on
        drawn.contract_key = terms.contract_key
        and terms.measured_by = 'balance'
