-- One row per user of the org, and what kind of actor that is. An agent of Salesforce's own acts as
-- a user of a profile of its own: no person, and whose agent it is the contract says.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, user_key
            order by changed_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'salesforce__users') }}

)

select
    versions.contract_key,
    versions.source,
    versions.user_key,
    versions.user_id,
    versions.user_type,
    case
        when versions.profile = 'Einstein Agent User' then 'unknown'
        else user_types.actor_type
    end as actor_type
from versions
left join {{ ref('salesforce_user_types') }} as user_types
    on versions.user_type = user_types.user_type
where versions.version_from_last = 1
