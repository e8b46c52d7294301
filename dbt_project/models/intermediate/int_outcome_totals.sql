-- One row per outcome of a contract: how many of what, and what they were invoiced at.
with matches as (

    select * from {{ ref('int_matches') }}

),

outcomes as (

    select
        definitions.contract_key,
        definitions.outcome,
        prices.per_outcome,
        contracts.unverifiable_policy = 'dispute' as disputes_unverifiable,
        contracts.has_set_off
    from {{ source('terms', 'definitions') }} as definitions
    inner join {{ source('terms', 'contracts') }} as contracts
        on definitions.contract_key = contracts.contract_key
    inner join {{ source('terms', 'price_terms') }} as prices
        on
            definitions.contract_key = prices.contract_key
            and definitions.outcome = prices.outcome
    where definitions.counted_by = 'buyer'

),

-- quantities: a line with a subject is one, a determination is one
counted as (

    select
        outcomes.contract_key,
        outcomes.outcome,
        outcomes.per_outcome,
        outcomes.disputes_unverifiable,
        outcomes.has_set_off,
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
            end
        ), 0) as amount_of_lines_over_invoiced,
        -- what a bill in total only may stand for
        count(case
            when
                matches.is_in_total_only
                and matches.line_kind = 'recount'
                and matches.verdict = 'met'
                then 1
        end) as unlisted_met_count,
        count(case
            when matches.is_in_total_only and matches.line_kind = 'recount' and (
                matches.verdict = 'pending'
                or (matches.verdict = 'unverifiable' and not outcomes.disputes_unverifiable)
            ) then 1
        end) as unlisted_open_count
    from outcomes
    left join matches
        on
            outcomes.contract_key = matches.contract_key
            and outcomes.outcome = matches.outcome
    group by
        outcomes.contract_key,
        outcomes.outcome,
        outcomes.per_outcome,
        outcomes.disputes_unverifiable,
        outcomes.has_set_off

),

weighed as (

    select
        *,
        duplicate_count + unknown_subject_count + out_of_scope_count + out_of_period_count
        + not_an_outcome_count
        + case when disputes_unverifiable then unverifiable_count else 0 end
            as lines_over_invoiced_count,
        greatest(unattributed_count - unlisted_met_count - unlisted_open_count, 0)
            as total_over_invoiced_count,
        greatest(unlisted_met_count - unattributed_count, 0) as total_under_invoiced_count
    from counted

)

select
    *,
    lines_over_invoiced_count + total_over_invoiced_count as over_invoiced_count,
    not_invoiced_count + total_under_invoiced_count as under_invoiced_count,
    cast(
        amount_of_lines_over_invoiced + total_over_invoiced_count * per_outcome as decimal(18, 6)
    ) as amount_over_invoiced,
    cast(
        (not_invoiced_count + total_under_invoiced_count) * per_outcome as decimal(18, 6)
    ) as amount_under_invoiced,
    agreed_count + wrong_price_count + pending_count
    + case when disputes_unverifiable then 0 else unverifiable_count end
    + case when has_set_off then not_invoiced_count else 0 end
    + least(unattributed_count, unlisted_met_count + unlisted_open_count)
        as payable_count
from weighed
