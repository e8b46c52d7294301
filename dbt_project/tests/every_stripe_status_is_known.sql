-- A status of a payment or a refund that the map does not have stops the run. Of a dispute the
-- money that moved decides, and not its status.
with told as (

    select
        source,
        'charge' as object,
        charge_id as object_id,
        status
    from {{ ref('stg_stripe__charges') }}
    union all
    select
        source,
        'refund' as object,
        refund_id as object_id,
        status
    from {{ ref('stg_stripe__refunds') }}

)

select
    told.source || ': ' || told.object || ' ' || min(told.object_id) || ' has the status '''
    || coalesce(told.status, '') || ''', which is unknown; add it to '
    || 'dbt_project/seeds/stripe_statuses.csv' as message
from told
left join {{ ref('stripe_statuses') }} as statuses
    on told.object = statuses.object and told.status = statuses.status
where statuses.status is null
group by told.source, told.object, told.status
order by min(told.object_id)
