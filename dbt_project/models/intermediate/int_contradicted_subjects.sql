-- One row per subject about which its source contradicts itself. Both sides are kept in the log, as
-- nobody can say which of them is right.
select distinct
    contract_key,
    source || '-' || ticket_id as subject_id
from {{ ref('stg_zendesk__contradictions') }}
union
select
    contract_key,
    source || '-' || ticket_id as subject_id
from {{ ref('stg_freshdesk__contradictions') }}
union
select
    contract_key,
    subject_id
from {{ ref('stg_hubspot__contradictions') }}
union
select
    contract_key,
    subject_id
from {{ ref('stg_intercom__contradictions') }}
union
select
    contract_key,
    subject_id
from {{ ref('stg_jira__contradictions') }}
union
select
    contract_key,
    subject_id
from {{ ref('stg_salesforce__contradictions') }}
union
select
    contract_key,
    subject_id
from {{ ref('stg_servicenow__contradictions') }}
union
select
    contract_key,
    subject_id
from {{ ref('stg_stripe__contradictions') }}
