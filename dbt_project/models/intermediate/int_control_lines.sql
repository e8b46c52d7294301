-- One row per contract: both sides of the reconciliation, by identity and not only by count.
with lines as (

    select * from {{ ref('int_invoice_lines') }}

),

matches as (

    select * from {{ ref('int_matches') }}

),

runs as (

    select * from {{ ref('int_runs') }}

),

-- fees and usage are of whole months: those that begin when their milestone is reached, or later
closed as (

    select
        milestones.contract_key,
        milestones.line_type
    from {{ source('terms', 'milestones') }} as milestones
    inner join runs
        on milestones.contract_key = runs.contract_key
    where milestones.counts_from > runs.period_starts_at

),

placed_lines as (

    select
        lines.contract_key,
        lines.invoice_id,
        lines.line_id,
        count(matches.line_id) as placement_count,
        min(lines.amount) as amount,
        min(lines.line_kind) as line_kind,
        min(lines.credit_status) as credit_status,
        min(lines.concluded_at) as concluded_at,
        count(case when matches.line_kind = 'outcome' and matches.match_status is null then 1 end)
            as without_status_count,
        count(case
            when matches.reason = 'before_milestone' and matches.match_status = 'not_an_outcome'
                then 1
            when
                lines.line_kind in ('fee', 'usage')
                and closed.line_type is not null
                and lines.amount <> 0
                then 1
        end) as before_milestone_count,
        min(case
            when
                lines.amount
                <> cast({{ product('lines.quantity', 'lines.unit_price') }} as decimal(28, 6))
                then 1
            else 0
        end) as has_wrong_product
    from lines
    left join matches
        on
            lines.contract_key = matches.contract_key
            and lines.invoice_id = matches.invoice_id
            and lines.line_id = matches.line_id
    left join closed
        on
            lines.contract_key = closed.contract_key
            and lines.outcome = closed.line_type
    group by lines.contract_key, lines.invoice_id, lines.line_id

)

select
    placed_lines.contract_key,
    count(*) as line_staged_count,
    count(case when placed_lines.credit_status is null then 1 end) as line_billed_count,
    count(placed_lines.credit_status) as line_deducted_count,
    -sum(case when placed_lines.credit_status is null then 0 else placed_lines.amount end)
        as amount_deducted,
    count(placed_lines.concluded_at) as line_dated_count,
    count(case
        when
            placed_lines.concluded_at < runs.period_starts_at
            or placed_lines.concluded_at >= runs.period_ends_at
            then 1
    end) as line_concluded_elsewhere_count,
    sum(placed_lines.amount) as amount_staged,
    count(case when placed_lines.placement_count = 0 then 1 end) as line_lost_count,
    count(case when placed_lines.placement_count > 1 then 1 end) as line_placed_twice_count,
    sum(placed_lines.without_status_count) as line_without_status_count,
    count(case when placed_lines.line_kind = 'unknown' then 1 end) as line_of_unknown_type_count,
    count(case when placed_lines.line_kind = 'unattributed' then 1 end) as line_unattributed_count,
    sum(placed_lines.has_wrong_product) as line_wrong_product_count,
    sum(placed_lines.before_milestone_count) as line_before_milestone_count
from placed_lines
inner join runs
    on placed_lines.contract_key = runs.contract_key
group by placed_lines.contract_key
