-- One row per contract: what became of the lines of credits.
select
    contract_key,
    count(*) as credit_staged_count,
    count(case when credit_status = 'unclear' then 1 end) as credit_unclear_count,
    count(case when credit_status = 'void' then 1 end) as credit_void_count,
    count(case when credit_status = 'of_another_invoice' then 1 end)
        as credit_of_another_invoice_count,
    sum(case
        when credit_status <> 'of_another_invoice' then 0
        when effect = 'charged' then -amount
        else amount
    end) as amount_of_other_invoices
from {{ ref('int_credits') }}
group by contract_key
