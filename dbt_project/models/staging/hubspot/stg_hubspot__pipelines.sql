-- One row per pipeline: its name in the last list that has it.
select
    contract_key,
    source,
    pipeline_id,
    max_by(pipeline_name, read_at) as pipeline_name
from {{ source('landed', 'hubspot__pipelines') }}
group by contract_key, source, pipeline_id
