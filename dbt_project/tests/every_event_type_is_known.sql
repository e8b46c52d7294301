-- An event type that the vocabulary does not have stops the run.
with events as (

    select
        source,
        event_type,
        file,
        record_number
    from {{ ref('stg_event_log__events') }}

),

unknown as (

    select
        events.source,
        events.event_type,
        events.file,
        min(events.record_number) as record_number
    from events
    left join {{ ref('event_types') }} as event_types
        on events.event_type = event_types.event_type
    where event_types.event_type is null
    group by events.source, events.event_type, events.file

)

select
    file || ', record ' || record_number || ': event type ''' || event_type
    || ''' is unknown; correct it, or add it to dbt_project/seeds/event_types.csv' as message
from unknown
order by file, record_number
