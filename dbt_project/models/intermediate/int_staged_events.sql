-- One row per record of an event, from all sources, as the source tells it.
{{ canonical_events([
    ref('stg_event_log__events'),
    ref('stg_freshdesk__events'),
    ref('stg_hubspot__events'),
    ref('stg_intercom__events'),
    ref('stg_jira__events'),
    ref('stg_salesforce__events'),
    ref('stg_servicenow__events'),
    ref('stg_servicenow_export__events'),
    ref('stg_stripe__events'),
    ref('stg_zendesk__events'),
]) }}
