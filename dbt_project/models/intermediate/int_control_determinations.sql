-- One row per contract: every determination of the period is placed once, the mirror of every line.
with determinations as (

    select * from {{ ref('int_determinations') }}
    where counted_by = 'buyer'

),

placements as (

    select
        contract_key,
        outcome,
        subject_id,
        count(*) as placement_count
    from {{ ref('int_matches') }}
    where verdict is not null
    group by contract_key, outcome, subject_id

)

select
    determinations.contract_key,
    count(*) as determination_count,
    count(case when placements.placement_count is null then 1 end) as determination_lost_count,
    count(case when placements.placement_count > 1 then 1 end) as determination_placed_twice_count
from determinations
left join placements
    on
        determinations.contract_key = placements.contract_key
        and determinations.outcome = placements.outcome
        and determinations.subject_id = placements.subject_id
group by determinations.contract_key
