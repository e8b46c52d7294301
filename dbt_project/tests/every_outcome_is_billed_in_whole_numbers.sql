-- An outcome happened or it did not: a part of one can be neither recounted nor explained.
select
    'line ''' || line_id || ''' of invoice ''' || invoice_id || ''' bills ' || quantity
    || ' of ''' || outcome
    || '''; outcomes are billed in whole numbers, ask the vendor to correct it' as message
from {{ ref('int_invoice_lines') }}
where
    line_kind in ('outcome', 'unattributed')
    and quantity <> floor(quantity)
order by line_number
