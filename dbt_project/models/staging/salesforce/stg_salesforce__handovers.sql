-- One row per change of owner with which an AI agent of the contract passed a case on: it owned the
-- case, and afterwards another did. Where a person took it, the agent passed nothing on.
with changes as (

    select * from {{ ref('stg_salesforce__changes') }}
    where field = 'Owner' and old_value is not null and new_value is not null

),

actors as (

    {{ registered_actors() }}

)

select distinct
    changes.contract_key,
    changes.source,
    changes.history_id,
    changes.content_number,
    changes.case_id,
    changes.occurred_at,
    changes.old_value as agent
from changes
inner join actors as agents
    on
        changes.contract_key = agents.contract_key
        and changes.old_value = agents.actor_id
        and agents.actor_type = 'ai_agent'
        and changes.occurred_at >= agents.valid_from
        and changes.occurred_at < agents.valid_until
left join actors as successors
    on
        changes.contract_key = successors.contract_key
        and changes.new_value = successors.actor_id
        and successors.actor_type = 'ai_agent'
        and changes.occurred_at >= successors.valid_from
        and changes.occurred_at < successors.valid_until
left join actors as doers
    on
        changes.contract_key = doers.contract_key
        and changes.actor = doers.actor_id
        and changes.occurred_at >= doers.valid_from
        and changes.occurred_at < doers.valid_until
left join {{ ref('stg_salesforce__users') }} as users
    on
        changes.contract_key = users.contract_key
        and changes.source = users.source
        and changes.actor = users.user_key
where
    successors.actor_id is null
    and coalesce(doers.actor_type, users.actor_type, 'unknown') <> 'human_agent'
