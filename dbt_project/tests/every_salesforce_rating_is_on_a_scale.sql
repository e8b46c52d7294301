-- An answer to the survey question that counts must be worth something: 1 to 5 as it is, or what
-- the contract says.
select
    source || ': a case was rated with ' || cast(min(answer) as varchar(30)) || ', which is not 1 '
    || 'to 5 and has no worth in the contract; add rating_values to sources.' || source as message
from {{ ref('stg_salesforce__ratings') }}
where score_value is null
group by source
