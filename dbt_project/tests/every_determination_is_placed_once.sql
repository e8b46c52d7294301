-- What we counted meets a line, or stands alone on our side; nothing else of ours is there. The
-- mirror is every_invoice_line_is_placed_once.
with determinations as (

    select
        contract,
        outcome,
        subject_id,
        count(*) as determination_count,
        count(case when verdict = 'met' then 1 end) as met_count
    from {{ ref('determinations') }}
    where counted_by = 'buyer'
    group by contract, outcome, subject_id

),

placed as (

    select
        runs.contract,
        matches.outcome,
        matches.subject_id,
        count(*) as placed_count,
        count(case when matches.verdict = 'met' then 1 end) as met_count
    from {{ ref('int_matches') }} as matches
    inner join {{ ref('int_runs') }} as runs
        on matches.contract_key = runs.contract_key
    where matches.verdict is not null
    group by runs.contract, matches.outcome, matches.subject_id

),

compared as (

    select
        coalesce(determinations.contract, placed.contract) as contract,
        coalesce(determinations.outcome, placed.outcome) as outcome,
        coalesce(determinations.subject_id, placed.subject_id) as subject_id,
        coalesce(determinations.determination_count, 0) as determination_count,
        coalesce(placed.placed_count, 0) as placed_count,
        coalesce(determinations.met_count, 0) as met_count,
        coalesce(placed.met_count, 0) as met_placed_count
    from determinations
    full outer join placed
        on
            determinations.contract = placed.contract
            and determinations.outcome = placed.outcome
            and determinations.subject_id = placed.subject_id

)

select
    'subject ''' || subject_id || ''' has ' || determination_count || ' determinations of '''
    || outcome || ''' (' || met_count || ' met) and is placed ' || placed_count || ' times ('
    || met_placed_count || ' met); it must be once, with the same verdict' as message
from compared
where determination_count <> 1 or placed_count <> 1 or met_count <> met_placed_count
order by message
