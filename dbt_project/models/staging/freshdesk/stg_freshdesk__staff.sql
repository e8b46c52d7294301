-- One row per person who works here, until the first list of agents that has him no more: whoever
-- was in a list, and whoever held a ticket. Who left before the first list is known by his tickets.
with lists as (

    select distinct
        contract_key,
        source,
        read_at
    from {{ source('landed', 'freshdesk__agents') }}

),

listed as (

    select
        contract_key,
        source,
        agent_key,
        min(agent) as agent,
        max(read_at) as last_seen_at
    from {{ source('landed', 'freshdesk__agents') }}
    group by contract_key, source, agent_key

),

holders as (

    select
        contract_key,
        source,
        assignee_key as agent_key
    from {{ ref('stg_freshdesk__activities') }}
    where assignee_key is not null
    union
    select
        contract_key,
        source,
        responder_key as agent_key
    from {{ source('landed', 'freshdesk__tickets') }}
    where responder_key is not null

)

select
    listed.contract_key,
    listed.source,
    listed.agent_key,
    listed.agent,
    coalesce(min(lists.read_at), cast('9999-12-31' as timestamp)) as staff_until
from listed
left join lists
    on
        listed.contract_key = lists.contract_key
        and listed.source = lists.source
        and listed.last_seen_at < lists.read_at
group by listed.contract_key, listed.source, listed.agent_key, listed.agent
union all
select
    holders.contract_key,
    holders.source,
    holders.agent_key,
    cast(null as varchar(20)) as agent,
    cast('9999-12-31' as timestamp) as staff_until
from holders
left join listed
    on
        holders.contract_key = listed.contract_key
        and holders.source = listed.source
        and holders.agent_key = listed.agent_key
where listed.agent_key is null
