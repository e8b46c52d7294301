-- One row per incident, as it was extracted last.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, incident_id
            order by updated_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'servicenow__incidents') }}

)

select * from versions
where version_from_last = 1
