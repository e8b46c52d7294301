-- One row per status and stretch of time in which it was in one category: after `begins_after`,
-- until `ends_at`. Jira tells today's category alone, so that each list of statuses stands for the
-- time since the list before; the first one for all that came earlier, the last one for all after.
with lists as (

    select distinct
        contract_key,
        source,
        status_id,
        category,
        read_at
    from {{ source('landed', 'jira__statuses') }}

),

sequenced as (

    select
        *,
        lag(category) over (
            partition by contract_key, source, status_id order by read_at, category
        ) as previous_category,
        lag(read_at) over (
            partition by contract_key, source, status_id order by read_at, category
        ) as previous_read_at
    from lists

),

stretches as (

    select
        contract_key,
        source,
        status_id,
        category,
        coalesce(previous_read_at, cast('0001-01-01' as timestamp)) as begins_after
    from sequenced
    where previous_category is null or category <> previous_category

)

select
    stretches.contract_key,
    stretches.source,
    stretches.status_id,
    stretches.category,
    categories.status_kind,
    stretches.begins_after,
    coalesce(
        lead(stretches.begins_after) over (
            partition by stretches.contract_key, stretches.source, stretches.status_id
            order by stretches.begins_after
        ),
        cast('9999-12-31' as timestamp)
    ) as ends_at
from stretches
left join {{ ref('jira_status_categories') }} as categories
    on stretches.category = categories.category
