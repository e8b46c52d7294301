-- One row per subject about which its source contradicts itself. Both sides are kept in the log, as
-- nobody can say which of them is right.
with contradictions as (

    {{ rows_of([
        ref('stg_freshdesk__contradictions'),
        ref('stg_hubspot__contradictions'),
        ref('stg_intercom__contradictions'),
        ref('stg_jira__contradictions'),
        ref('stg_salesforce__contradictions'),
        ref('stg_servicenow__contradictions'),
        ref('stg_stripe__contradictions'),
        ref('stg_zendesk__contradictions'),
    ], {'contract_key': 'integer', 'subject_id': 'varchar(500)'}) }}

)

select distinct
    contract_key,
    subject_id
from contradictions
