-- An email or message of a kind that the map does not have stops the run: it may be a reply.
with words as (

    select
        source,
        record_kind,
        word,
        ticket_id
    from {{ ref('stg_hubspot__writings') }}
    where not is_known
    union all
    select
        source,
        'message' as record_kind,
        word,
        ticket_id
    from {{ ref('stg_hubspot__messages') }}
    where not is_known

)

select
    source || ': ticket ' || min(ticket_id) || ' has a writing of the kind ''' || record_kind || ','
    || word || ''', which is unknown; add it to dbt_project/seeds/hubspot_writings.csv' as message
from words
group by source, record_kind, word
order by record_kind, word
