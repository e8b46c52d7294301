-- One row per ticket, as it was exported last.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, ticket_id
            order by exported_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'zendesk__tickets') }}

)

select * from versions
where version_from_last = 1
