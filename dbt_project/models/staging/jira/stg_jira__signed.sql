-- One row per event of an issue that some account did, or that nobody signed who could have.
with births as (

    select
        contract_key,
        source,
        issue_id,
        place,
        told,
        occurred_at,
        actor,
        actor_key,
        account_type
    from {{ ref('stg_jira__births') }}

),

transitions as (

    select
        contract_key,
        source,
        issue_id,
        place,
        status_change as told,
        occurred_at,
        author as actor,
        author_key as actor_key,
        author_type as account_type
    from {{ ref('stg_jira__transitions') }}
    where status_change is not null

),

assignments as (

    select
        contract_key,
        source,
        issue_id,
        place,
        'assigned' as told,
        occurred_at,
        author as actor,
        author_key as actor_key,
        author_type as account_type
    from {{ ref('stg_jira__changes') }}
    where is_assigned

),

comments as (

    select
        contract_key,
        source,
        issue_id,
        lpad(cast(epoch_ms as varchar(14)), 13, '0')
        || '-' || lpad(cast(comment_id as varchar(20)), 12, '0') || '-' || content_number as place,
        case when is_public then 'written' else 'noted' end as told,
        written_at as occurred_at,
        author as actor,
        author_key as actor_key,
        author_type as account_type
    from {{ ref('stg_jira__comments') }}

)

select * from births
union all
select * from transitions
union all
select * from assignments
union all
select * from comments
