-- An answer to a survey must be worth something: Freshdesk's codes are no numbers of a scale.
select
    source || ': ticket ' || min(ticket_id) || ' was rated with ' || score || ', and the contract '
    || 'does not say what that is worth of 5; add "' || score || '" to sources.' || source
    || '.ratings' as message
from {{ ref('stg_freshdesk__ratings') }}
where score_value is null
group by source, score
order by score
