-- One row per contract: the events counted on their way from landed records to the run's log.
with staged as (

    {{ canonical_events([
        ref('stg_event_log__events'),
        ref('stg_servicenow_export__events'),
    ]) }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

staged_counts as (

    select
        staged.contract_key,
        count(*) as event_staged_count,
        count(case when staged.occurred_at >= coverage.observed_until then 1 end)
            as event_unobserved_count
    from staged
    left join coverage
        on
            staged.contract_key = coverage.contract_key
            and staged.event_type = coverage.event_type
    group by staged.contract_key

),

observed_counts as (

    select
        contract_key,
        count(*) as event_observed_count
    from {{ ref('int_events') }}
    group by contract_key

)

select
    staged_counts.*,
    coalesce(observed_counts.event_observed_count, 0) as event_observed_count
from staged_counts
left join observed_counts
    on staged_counts.contract_key = observed_counts.contract_key
