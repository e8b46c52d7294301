-- One row per placement (an invoice line, or a determination without one) with its match_status,
-- the first of DESIGN 6 that fits, and the part of the gap that it belongs to.
with placements as (

    select * from {{ ref('int_placements') }}

),

subjects as (

    select * from {{ ref('int_invoiced_subjects') }}

),

prices as (

    select * from {{ source('terms', 'price_terms') }}

),

vendor_definitions as (

    select * from {{ source('terms', 'definitions') }}
    where counted_by = 'vendor'

),

vendor_determinations as (

    select * from {{ ref('int_determinations') }}
    where counted_by = 'vendor' and verdict = 'met'

),

-- an outcome that is billed without subjects can be reconciled in total only
totals_only as (

    select distinct
        contract_key,
        outcome
    from {{ ref('int_invoice_lines') }}
    where line_kind = 'unattributed'

),

matched as (

    select
        placements.*,
        subjects.first_concluded_at,
        subjects.first_candidate_event_id,
        prices.per_outcome,
        totals_only.outcome is not null as is_in_total_only,
        vendor_definitions.definition_key is null or vendor_determinations.subject_id is not null
            as is_met_by_the_vendors_definition,
        case
            when placements.line_kind = 'recount' and placements.verdict = 'met'
                then case when totals_only.outcome is null then 'not_invoiced' end
            when placements.line_kind <> 'outcome' then null
            when placements.line_number_of_subject > 1 then 'duplicate'
            when not subjects.is_known then 'unknown_subject'
            when not subjects.is_in_scope then 'out_of_scope'
            when placements.verdict is null and subjects.has_concluded then 'out_of_period'
            when placements.verdict is null then 'not_an_outcome'
            when placements.verdict = 'not_met' then 'not_an_outcome'
            when placements.verdict <> 'met' then placements.verdict
            when placements.unit_price <> prices.per_outcome then 'wrong_price'
            else 'agreed'
        end as match_status
    from placements
    left join subjects
        on
            placements.contract_key = subjects.contract_key
            and placements.outcome = subjects.outcome
            and placements.subject_id = subjects.subject_id
    left join prices
        on
            placements.contract_key = prices.contract_key
            and placements.outcome = prices.outcome
    left join totals_only
        on
            placements.contract_key = totals_only.contract_key
            and placements.outcome = totals_only.outcome
    left join vendor_definitions
        on
            placements.contract_key = vendor_definitions.contract_key
            and placements.outcome = vendor_definitions.outcome
    left join vendor_determinations
        on
            placements.contract_key = vendor_determinations.contract_key
            and placements.outcome = vendor_determinations.outcome
            and placements.subject_id = vendor_determinations.subject_id

)

select
    *,
    case
        when match_status = 'not_an_outcome' then coalesce(determination_reason, 'not_concluded')
        when match_status in ('pending', 'unverifiable') then determination_reason
    end as reason,
    case
        when match_status = 'out_of_scope' then 'definition'
        when match_status = 'not_an_outcome' and is_met_by_the_vendors_definition then 'definition'
        when match_status in ('not_an_outcome', 'duplicate', 'unknown_subject') then 'data'
        when match_status = 'out_of_period' then 'timing'
        when match_status in ('pending', 'unverifiable', 'not_invoiced') then match_status
        when line_kind = 'unattributed' then 'unattributed'
        when line_kind = 'recount' and verdict = 'met' then 'unattributed'
    end as gap_part
from matched
