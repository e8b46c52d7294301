-- One row per meeting, as it was extracted last. What became of it stands in a field without
-- history: since when, is the first change that we saw it with.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, meeting_id
            order by changed_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'salesforce__meetings') }}

),

lasts as (

    select * from versions
    where version_from_last = 1

),

others as (

    select
        versions.contract_key,
        versions.source,
        versions.meeting_id,
        min(versions.version_from_last) as version_from_last
    from versions
    inner join lasts
        on
            versions.contract_key = lasts.contract_key
            and versions.source = lasts.source
            and versions.meeting_id = lasts.meeting_id
    where coalesce(versions.outcome, '') <> coalesce(lasts.outcome, '')
    group by versions.contract_key, versions.source, versions.meeting_id

),

sinces as (

    select
        versions.contract_key,
        versions.source,
        versions.meeting_id,
        min(versions.modified_at) as outcome_since,
        -- a meeting that was deleted may not say any more whom it was with
        max(versions.requester_key) as known_requester_key
    from versions
    left join others
        on
            versions.contract_key = others.contract_key
            and versions.source = others.source
            and versions.meeting_id = others.meeting_id
    where versions.version_from_last < coalesce(others.version_from_last, 1000000)
    group by versions.contract_key, versions.source, versions.meeting_id

)

select
    lasts.*,
    sinces.outcome_since,
    sinces.known_requester_key
from lasts
inner join sinces
    on
        lasts.contract_key = sinces.contract_key
        and lasts.source = sinces.source
        and lasts.meeting_id = sinces.meeting_id
