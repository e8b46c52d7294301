-- One row per outcome of a contract: how many of what, and what they were invoiced at.
with matches as (

    select * from {{ ref('int_matches') }}

),

outcomes as (

    select
        definitions.contract_key,
        definitions.outcome,
        contracts.unverifiable_policy = 'dispute' as disputes_unverifiable
    from {{ source('terms', 'definitions') }} as definitions
    inner join {{ source('terms', 'contracts') }} as contracts
        on definitions.contract_key = contracts.contract_key
    where definitions.counted_by = 'buyer'

),

-- quantities: a line with a subject is one, a determination is one
counted as (

    select
        outcomes.contract_key,
        outcomes.outcome,
        outcomes.disputes_unverifiable,
        {% for status in [
            'agreed', 'wrong_price', 'duplicate', 'unknown_subject', 'out_of_scope',
            'out_of_period', 'not_an_outcome', 'pending', 'unverifiable', 'not_invoiced'
        ] %}
        count(case when matches.match_status = '{{ status }}' then 1 end) as {{ status }}_count,
        {% endfor %}
        coalesce(sum(
            case when matches.line_kind in ('outcome', 'unattributed') then matches.quantity end
        ), 0) as invoiced_count,
        count(case when matches.verdict = 'met' then 1 end) as recounted_count,
        count(case when matches.verdict = 'pending' then 1 end) as pending_determination_count,
        coalesce(sum(
            case when matches.line_kind = 'unattributed' then matches.quantity end
        ), 0) as unattributed_count,
        coalesce(sum(
            case when matches.line_kind in ('outcome', 'unattributed') then matches.amount end
        ), 0) as amount_invoiced,
        coalesce(sum(
            case when matches.match_status = 'pending' then matches.amount end
        ), 0) as amount_pending,
        coalesce(sum(
            case
                when matches.match_status in (
                    'duplicate', 'unknown_subject', 'out_of_scope', 'out_of_period',
                    'not_an_outcome'
                ) then matches.amount
                when matches.match_status = 'unverifiable' and outcomes.disputes_unverifiable
                    then matches.amount
                -- of an outcome that is priced by its value, too large a value is billed too much
                when
                    matches.match_status = 'wrong_price'
                    and matches.price_model = 'percent_of_value'
                    then greatest(matches.amount - matches.unit_price_contract, 0)
            end
        ), 0) as amount_of_lines_over_invoiced,
        coalesce(sum(
            case when matches.match_status = 'not_invoiced' then matches.unit_price_contract end
        ), 0) as amount_not_invoiced,
        count(case when matches.is_payable then 1 end) as listed_payable_count,
        -- what a bill in total only may stand for
        count(case when matches.is_claimable_in_total then 1 end) as claimable_count,
        count(case
            when matches.is_claimable_in_total and matches.verdict = 'met' then 1
        end) as claimable_met_count
    from outcomes
    left join matches
        on
            outcomes.contract_key = matches.contract_key
            and outcomes.outcome = matches.outcome
    group by
        outcomes.contract_key,
        outcomes.outcome,
        outcomes.disputes_unverifiable

),

weighed as (

    select
        *,
        duplicate_count + unknown_subject_count + out_of_scope_count + out_of_period_count
        + not_an_outcome_count
        + case when disputes_unverifiable then unverifiable_count else 0 end
            as lines_over_invoiced_count,
        greatest(unattributed_count - claimable_count, 0) as total_over_invoiced_count,
        greatest(claimable_met_count - unattributed_count, 0) as total_under_invoiced_count
    from counted

)

select
    *,
    lines_over_invoiced_count + total_over_invoiced_count as over_invoiced_count,
    not_invoiced_count + total_under_invoiced_count as under_invoiced_count,
    listed_payable_count + least(unattributed_count, claimable_count) as payable_count
from weighed
