-- One row per other id of a subject, such as a key that an issue had before or after it was moved:
-- the system itself says that both are one. What only looks alike is never here.
select
    contract_key,
    alias_id,
    subject_id
from {{ ref('stg_jira__keys') }}
where alias_id <> subject_id
