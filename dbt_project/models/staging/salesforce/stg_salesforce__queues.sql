-- One row per case that lay in a queue, with the last of them: a case that a person or an agent
-- owns now came from there.
with changes as (

    select * from {{ ref('stg_salesforce__changes') }}
    where field = 'Owner'

),

stays as (

    select
        contract_key,
        source,
        case_id,
        new_value as queue_id,
        occurred_at,
        history_id || '-1' as place
    from changes
    union all
    select
        contract_key,
        source,
        case_id,
        old_value as queue_id,
        occurred_at,
        history_id || '-0' as place
    from changes
    union all
    select
        contract_key,
        source,
        case_id,
        owner as queue_id,
        changed_at as occurred_at,
        'z' as place
    from {{ ref('stg_salesforce__cases') }}

),

queues as (

    select
        contract_key,
        source,
        queue_id,
        max(queue_name) as queue
    from {{ source('landed', 'salesforce__queues') }}
    group by contract_key, source, queue_id

)

select
    stays.contract_key,
    stays.source,
    stays.case_id,
    max_by(queues.queue, {{ event_order('stays.occurred_at', 'stays.place') }}) as queue
from stays
inner join queues
    on
        stays.contract_key = queues.contract_key
        and stays.source = queues.source
        and stays.queue_id = queues.queue_id
group by stays.contract_key, stays.source, stays.case_id
