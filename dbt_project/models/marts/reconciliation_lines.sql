-- One row per line of the invoice, and one per outcome that the vendor did not invoice.
with matches as (

    select
        *,
        case
            when match_status = 'out_of_period' then first_concluded_at
            else concluded_at
        end as shown_concluded_at,
        case
            when match_status = 'out_of_period' then first_candidate_event_id
            else candidate_event_id
        end as shown_candidate_event_id
    from {{ ref('int_matches') }}
    where line_id is not null or verdict = 'met'

),

first_lines as (

    select * from matches
    where line_kind = 'outcome' and line_number_of_subject = 1

),

clause_verdicts as (

    select * from {{ ref('int_clause_verdicts') }}

)

select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    matches.outcome,
    matches.line_kind,
    matches.match_status,
    matches.reason,
    matches.gap_part,
    matches.invoice_id,
    matches.line_id,
    matches.line_number,
    matches.subject_id,
    matches.concluded_at_invoiced,
    coalesce(matches.shown_concluded_at, first_lines.shown_concluded_at) as concluded_at,
    coalesce(matches.shown_candidate_event_id, first_lines.shown_candidate_event_id)
        as candidate_event_id,
    clause_verdicts.deciding_event_id,
    cast(coalesce(matches.quantity, 1) as decimal(18, 6)) as quantity,
    matches.unit_price as unit_price_invoiced,
    matches.unit_price_contract,
    matches.amount as amount_invoiced,
    cast(
        -- what is no outcome costs nothing; where its value is unknown, the guard holds the month
        coalesce(matches.unit_price_contract, 0) as decimal(18, 6)
    ) as amount_recounted
from matches
inner join {{ ref('int_runs') }} as runs
    on matches.contract_key = runs.contract_key
left join clause_verdicts
    on
        matches.candidate_key = clause_verdicts.candidate_key
        and matches.reason = clause_verdicts.clause
-- what is billed again is what the first line of the subject bills
left join first_lines
    on
        matches.match_status = 'duplicate'
        and matches.contract_key = first_lines.contract_key
        and matches.outcome = first_lines.outcome
        and matches.subject_id = first_lines.subject_id
