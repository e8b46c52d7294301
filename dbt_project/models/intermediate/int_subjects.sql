-- One row per subject that a source describes.
{{ canonical_subjects([
    ref('stg_event_log__subjects'),
    ref('stg_freshdesk__subjects'),
    ref('stg_hubspot__subjects'),
    ref('stg_intercom__subjects'),
    ref('stg_jira__subjects'),
    ref('stg_salesforce__subjects'),
    ref('stg_servicenow__subjects'),
    ref('stg_servicenow_export__subjects'),
    ref('stg_stripe__subjects'),
    ref('stg_zendesk__subjects'),
]) }}
