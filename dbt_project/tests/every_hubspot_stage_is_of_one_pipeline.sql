-- History names a stage and no pipeline; two pipelines that share the id of a stage, and mean
-- different things by it, stop the run where the contract does not say what it means.
with doubtful as (

    select
        contract_key,
        source,
        stage_id
    from {{ source('landed', 'hubspot__pipelines') }}
    group by contract_key, source, stage_id, read_at
    having count(distinct ticket_state) > 1

)

select
    transitions.source || ': several pipelines have the stage ' || doubtful.stage_id
    || ', open and closed; add stages: {"' || doubtful.stage_id || '": open}, or solved or closed, '
    || 'to sources.' || transitions.source as message
from {{ ref('stg_hubspot__transitions') }} as transitions
inner join doubtful
    on
        transitions.contract_key = doubtful.contract_key
        and transitions.source = doubtful.source
        and transitions.value = doubtful.stage_id
where transitions.contract_kind is null
group by transitions.source, doubtful.stage_id
order by doubtful.stage_id
