-- A charge is the sum of what its terms charge, fees and limits included; so the auditor can add
-- it up again from what is published.
with charges as (

    select
        contract,
        sum(case when basis = 'recounted' then amount else 0 end) as amount_recounted,
        sum(case when basis = 'payable' then amount else 0 end) as amount_payable
    from {{ ref('charges') }}
    group by contract

)

select
    statements.contract || ' recounts ' || statements.amount_recounted || ', and its terms make '
    || coalesce(charges.amount_recounted, 0) || '; nobody can contest '
    || coalesce(charges.amount_payable, 0) || ' of ' || statements.amount_invoiced || ', and '
    || statements.amount_contested || ' is contested' as message
from {{ ref('statements') }} as statements
left join charges
    on statements.contract = charges.contract
where
    coalesce(charges.amount_recounted, 0) <> statements.amount_recounted
    or greatest(statements.amount_invoiced - coalesce(charges.amount_payable, 0), 0)
    <> statements.amount_contested
