-- One row per conversation, as it was retrieved last.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, conversation_id
            order by version_at desc, seen_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'intercom__conversations') }}
    where record_kind = 'conversation'

)

select * from versions
where version_from_last = 1
