-- One event id with two contents stops the run; the same record delivered twice is one event. The
-- fingerprints only find what to look at.
with fingerprints as (

    select {{ fingerprint(['event_id']) }} as id_fingerprint
    from {{ ref('stg_event_log__events') }}

),

-- sorting millions of numbers takes half of what grouping by them does
sorted_fingerprints as (

    select
        id_fingerprint,
        lag(id_fingerprint) over (order by id_fingerprint) as previous_fingerprint
    from fingerprints

),

repeated as (

    select id_fingerprint
    from sorted_fingerprints
    where id_fingerprint = previous_fingerprint

),

suspects as (

    select
        events.*,
        {{ fingerprint([
            'subject_id', 'subject_type', 'event_type', 'occurred_at', 'actor_type',
            'actor_id', 'value', 'unit', 'related_subject_id'
        ]) }} as content_fingerprint
    from {{ ref('stg_event_log__events') }} as events
    where {{ fingerprint(['events.event_id']) }} in (select repeated.id_fingerprint from repeated)

),

conflicts as (

    select
        contract_key,
        source,
        event_id,
        min(record_number) as record_number,
        min_by(file, record_number) as file,
        max(record_number) as other_record_number,
        max_by(file, record_number) as other_file
    from suspects
    group by contract_key, source, event_id
    having min(content_fingerprint) <> max(content_fingerprint)

)

select
    'event id ''' || event_id || ''' stands for two contents: ' || file || ', record '
    || record_number || ', and ' || other_file || ', record ' || other_record_number
    || '; correct the export, so that one of the two has an id of its own' as message
from conflicts
order by record_number
