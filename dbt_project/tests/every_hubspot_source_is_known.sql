-- A source of a change that the map does not have stops the run: nobody could say who acted.
with told as (

    select
        source,
        source_type
    from {{ ref('stg_hubspot__signed') }}
    union all
    select
        source,
        source_type
    from {{ ref('stg_hubspot__mergers') }}
    union all
    select
        source,
        source_type
    from {{ ref('stg_hubspot__meetings') }}
    union all
    select
        source,
        source_type
    from {{ ref('stg_hubspot__outcomes') }}

)

select
    told.source || ': a change has the source ''' || told.source_type || ''', which is unknown; '
    || 'add it to dbt_project/seeds/hubspot_sources.csv' as message
from told
left join {{ ref('hubspot_sources') }} as sources
    on told.source_type = sources.source_type
where told.source_type is not null and sources.source_type is null
group by told.source, told.source_type
order by told.source_type
