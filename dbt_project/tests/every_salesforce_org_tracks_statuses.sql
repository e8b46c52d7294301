-- An org that keeps no history of the status of cases would show none as reopened, and silence
-- would look like success. Some may be born closed, and never change; not all of them.
with closed as (

    select
        contract_key,
        source,
        count(*) as case_count
    from {{ ref('stg_salesforce__left_at_last') }}
    where was_closed
    group by contract_key, source
    having count(*) >= 20

),

tracked as (

    select distinct
        contract_key,
        source
    from {{ ref('stg_salesforce__states') }}

)

select
    closed.source || ': ' || closed.case_count || ' cases were closed, and no change of a status '
    || 'is in the history; turn on field history of Status and Owner of Case in Salesforce, and '
    || 'write an observed_from after that' as message
from closed
left join tracked
    on
        closed.contract_key = tracked.contract_key
        and closed.source = tracked.source
where tracked.source is null
