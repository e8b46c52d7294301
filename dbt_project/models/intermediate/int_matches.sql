-- One row per placement (an invoice line, or a determination without one) with its match_status,
-- the first of DESIGN 6 that fits, and the part of the gap that it belongs to.
with placements as (

    select * from {{ ref('int_placements') }}

),

subjects as (

    select * from {{ ref('int_invoiced_subjects') }}

),

prices as (

    select * from {{ ref('int_priced_determinations') }}

),

unit_prices as (

    select distinct
        price_key,
        price_each
    from {{ source('terms', 'price_bands') }}

),

contracts as (

    select * from {{ source('terms', 'contracts') }}

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
        prices.price_key,
        prices.price_model,
        prices.value,
        prices.unit_price as unit_price_contract,
        contracts.unverifiable_policy,
        contracts.has_set_off,
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
            when prices.price_model = 'percent_of_value' and placements.amount = {{
                round_to_minor_unit(
                    'cast(' ~ product('prices.value', 'prices.share') ~ ' as decimal(28, 12))',
                    'contracts.minor_units'
                )
            }} then 'agreed'
            when unit_prices.price_key is null then 'wrong_price'
            else 'agreed'
        end as match_status
    from placements
    left join subjects
        on
            placements.contract_key = subjects.contract_key
            and placements.outcome = subjects.outcome
            and placements.subject_id = subjects.subject_id
    inner join contracts
        on placements.contract_key = contracts.contract_key
    left join prices
        on placements.candidate_key = prices.candidate_key
    -- with several bands the vendor may have put another outcome into each
    left join unit_prices
        on
            prices.price_key = unit_prices.price_key
            and placements.unit_price = unit_prices.price_each
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
    case match_status
        when 'unverifiable' then unverifiable_policy <> 'dispute'
        when 'not_invoiced' then has_set_off
        else coalesce(match_status in ('agreed', 'wrong_price', 'pending'), false)
    end as is_payable,
    is_in_total_only and line_kind = 'recount' and (
        verdict in ('met', 'pending')
        or (verdict = 'unverifiable' and unverifiable_policy <> 'dispute')
    ) as is_claimable_in_total,
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
