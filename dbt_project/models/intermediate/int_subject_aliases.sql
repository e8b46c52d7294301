-- One row per other id of a subject, such as a key that an issue had before or after it was moved:
-- the system itself says that both are one. What only looks alike is never here.
with keys as (

    {{ rows_of(
        [ref('stg_jira__keys')],
        {'contract_key': 'integer', 'alias_id': 'varchar(500)', 'subject_id': 'varchar(500)'}
    ) }}

)

select
    contract_key,
    alias_id,
    subject_id
from keys
where alias_id <> subject_id
