-- One row per ticket or meeting of which some record came with two contents.
select
    contract_key,
    source,
    ticket_id as object_id
from {{ ref('stg_hubspot__changes') }}
where content_number > 1
union
select
    contract_key,
    source,
    ticket_id as object_id
from {{ ref('stg_hubspot__writings') }}
where content_number > 1
union
select
    contract_key,
    source,
    ticket_id as object_id
from {{ ref('stg_hubspot__messages') }}
where content_number > 1
union
select
    contract_key,
    source,
    ticket_id as object_id
from {{ ref('stg_hubspot__ratings') }}
where content_number > 1
union
select
    contract_key,
    source,
    meeting_id as object_id
from {{ ref('stg_hubspot__outcomes') }}
where content_number > 1
