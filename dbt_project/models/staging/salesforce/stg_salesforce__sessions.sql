-- One row per messaging session, as it was extracted last; Salesforce keeps no history of them.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, session_id
            order by changed_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'salesforce__sessions') }}

)

select * from versions
where version_from_last = 1
