-- One event id with two contents stops the run; the same record delivered twice is one event. The
-- fingerprints only find what to look at.
with ids as (

    select {{ fingerprint(['contract_key', 'source', 'event_id']) }} as id_fingerprint
    from {{ ref('stg_event_log__events') }}

),

repeated as (

    select id_fingerprint
    from ids
    group by id_fingerprint
    having count(*) > 1

),

suspects as (

    select
        *,
        {{ fingerprint(['contract_key', 'source', 'event_id']) }} as id_fingerprint,
        {{ fingerprint([
            'subject_id', 'subject_type', 'event_type', 'occurred_at', 'actor_type',
            'actor_id', 'value', 'unit', 'related_subject_id'
        ]) }} as content_fingerprint
    from {{ ref('stg_event_log__events') }}

),

conflicts as (

    select
        events.contract_key,
        events.source,
        events.event_id,
        min(events.record_number) as record_number,
        min_by(events.file, events.record_number) as file,
        max(events.record_number) as other_record_number,
        max_by(events.file, events.record_number) as other_file
    from suspects as events
    where events.id_fingerprint in (select repeated.id_fingerprint from repeated)
    group by events.contract_key, events.source, events.event_id
    having min(events.content_fingerprint) <> max(events.content_fingerprint)

)

select
    'event id ''' || event_id || ''' stands for two contents: ' || file || ', record '
    || record_number || ', and ' || other_file || ', record ' || other_record_number
    || '; correct the export, so that one of the two has an id of its own' as message
from conflicts
order by record_number
