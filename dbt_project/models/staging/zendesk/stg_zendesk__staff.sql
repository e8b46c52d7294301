-- One row per person and stretch of time in which he or she was an agent or an administrator; for
-- ever, where no change of the role is known. What came before the first change had its old role.
with people as (

    select
        contract_key,
        source,
        user_key,
        min(user_id) as user_id
    from {{ source('landed', 'zendesk__users') }}
    group by contract_key, source, user_key
    union
    select
        contract_key,
        source,
        user_key,
        min(user_id) as user_id
    from {{ source('landed', 'zendesk__audit_logs') }}
    group by contract_key, source, user_key

),

changes as (

    select distinct
        contract_key,
        source,
        user_key,
        audit_log_id,
        changed_at,
        from_role,
        to_role
    from {{ source('landed', 'zendesk__audit_logs') }}

),

sequenced as (

    select
        *,
        lag(changed_at) over (
            partition by contract_key, source, user_key order by changed_at, audit_log_id
        ) as previous_at,
        lead(changed_at) over (
            partition by contract_key, source, user_key order by changed_at, audit_log_id
        ) as next_at
    from changes

),

roles as (

    select
        contract_key,
        source,
        user_key,
        from_role as user_role,
        previous_at as begins_at,
        changed_at as ends_at
    from sequenced
    union all
    select
        contract_key,
        source,
        user_key,
        to_role as user_role,
        changed_at as begins_at,
        null as ends_at
    from sequenced
    where next_at is null

)

select
    people.contract_key,
    people.source,
    people.user_key,
    people.user_id,
    coalesce(roles.begins_at, cast('0001-01-01' as timestamp)) as staff_since,
    coalesce(roles.ends_at, cast('9999-12-31' as timestamp)) as staff_until
from people
left join roles
    on
        people.contract_key = roles.contract_key
        and people.source = roles.source
        and people.user_key = roles.user_key
where lower(coalesce(roles.user_role, 'agent')) <> 'end user'
