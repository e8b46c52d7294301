-- An event type that the vocabulary does not have stops the run.
with unknown as (

    select
        totals.contract_key,
        totals.event_type
    from {{ ref('int_event_totals') }} as totals
    left join {{ ref('event_types') }} as event_types
        on totals.event_type = event_types.event_type
    where event_types.event_type is null

)

select
    events.file || ', record ' || min(events.record_number) || ': event type '''
    || events.event_type
    || ''' is unknown; correct it, or add it to dbt_project/seeds/event_types.csv' as message
from {{ ref('stg_event_log__events') }} as events
inner join unknown
    on
        events.contract_key = unknown.contract_key
        and events.event_type = unknown.event_type
group by events.source, events.event_type, events.file
order by events.file, min(events.record_number)
