-- One row per entry of the history of a meeting's outcome and content that the API gave it.
with contents as (

    select
        contract_key,
        source,
        meeting_id,
        occurred_at,
        epoch_ms,
        value,
        contract_event,
        min_by(source_type, read_at) as source_type,
        min_by(user_key, read_at) as user_key,
        min_by(actor, read_at) as actor
    from {{ source('landed', 'hubspot__meetings') }}
    where record_kind = 'outcome' and value <> ''
    group by contract_key, source, meeting_id, occurred_at, epoch_ms, value, contract_event

),

told as (

    select
        contents.*,
        coalesce(contents.contract_event, words.event_type) as meaning,
        row_number() over (
            partition by
                contents.contract_key, contents.source, contents.meeting_id, contents.occurred_at
            order by contents.value
        ) as content_number
    from contents
    left join {{ ref('hubspot_meeting_outcomes') }} as words
        on contents.value = words.outcome

)

select
    *,
    lag(meaning) over (
        partition by contract_key, source, meeting_id order by epoch_ms, content_number
    ) as previous_meaning
from told
