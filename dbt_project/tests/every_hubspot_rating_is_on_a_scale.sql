-- An answer to a survey that counts is a number from 0 to the top of the scale in the contract.
select
    source || ': ticket ' || min(ticket_id) || ' was rated ''' || min(coalesce(said, 'nothing'))
    || ''' in the survey ' || survey_id || ', which is not 0 to ' || min(scale) || '; correct '
    || 'surveys in sources.' || source as message
from {{ ref('stg_hubspot__ratings') }}
where value is null or value > scale
group by source, survey_id
order by survey_id
