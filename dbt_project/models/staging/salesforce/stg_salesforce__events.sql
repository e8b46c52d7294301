-- One row per event of a case or a meeting.
select * from {{ ref('stg_salesforce__case_events') }}
union all
select * from {{ ref('stg_salesforce__meeting_events') }}
