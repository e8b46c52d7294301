-- A type of user that the map does not have stops the run, if such a user did anything: staff and
-- customers could not be told apart.
select
    told.source || ': a user of the type ''' || users.user_type || ''' acted, which is unknown; '
    || 'add the type to dbt_project/seeds/salesforce_user_types.csv' as message
from {{ ref('stg_salesforce__told') }} as told
inner join {{ ref('stg_salesforce__users') }} as users
    on
        told.contract_key = users.contract_key
        and told.source = users.source
        and told.actor_key = users.user_key
where users.actor_type is null
group by told.source, users.user_type
order by users.user_type
