-- One row per contract that is run: the statement of its period as of an instant.
with outcomes as (

    select
        contract_key,
        sum(invoiced_count) as invoiced_count,
        sum(recounted_count) as recounted_count,
        sum(over_invoiced_count) as over_invoiced_count,
        sum(under_invoiced_count) as under_invoiced_count,
        sum(unverifiable_count) as unverifiable_count,
        sum(pending_determination_count) as pending_determination_count,
        sum(amount_over_invoiced) as amount_over_invoiced,
        sum(amount_under_invoiced) as amount_under_invoiced,
        sum(amount_pending) as amount_pending
    from {{ ref('int_outcome_amounts') }}
    group by contract_key

),

invoiced as (

    select
        lines.contract_key,
        count(*) as line_count,
        {{ round_to_minor_unit('sum(lines.amount)', 'min(contracts.minor_units)') }}
            as amount_invoiced
    from {{ ref('int_invoice_lines') }} as lines
    inner join {{ source('terms', 'contracts') }} as contracts
        on lines.contract_key = contracts.contract_key
    group by lines.contract_key

),

charges as (

    select
        contract_key,
        sum(case when basis = 'recounted' then amount else 0 end) as amount_recounted,
        sum(case when basis = 'payable' then amount else 0 end) as amount_payable,
        sum(case when basis = 'at_most' then amount else 0 end) as amount_at_most
    from {{ ref('int_charges') }}
    group by contract_key

),

credits as (

    select
        contract_key,
        {% for basis in ['invoiced', 'recounted', 'payable'] %}
        sum(case when basis = '{{ basis }}' then credits_drawn else 0 end) as credits_{{ basis }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_credits_drawn') }}
    group by contract_key

),

-- what is only measured keeps a month open as well
open_determinations as (

    select distinct contract_key
    from {{ ref('int_determinations') }}
    where
        counted_by in ('buyer', 'measured')
        and verdict = 'pending'

),

open_windows as (

    select
        determinations.contract_key,
        max(clause_verdicts.window_ends_at) as pending_until
    from {{ ref('int_determinations') }} as determinations
    inner join {{ ref('int_clause_verdicts') }} as clause_verdicts
        on determinations.candidate_key = clause_verdicts.candidate_key
    where
        determinations.counted_by in ('buyer', 'measured')
        and determinations.verdict = 'pending'
        and clause_verdicts.verdict = 'pending'
    group by determinations.contract_key

)

select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    runs.period_starts_at,
    runs.period_ends_at,
    runs.final_from,
    runs.currency_code,
    case
        when runs.as_of >= runs.final_from and open_determinations.contract_key is null
            then 'final'
        else 'provisional'
    end as kind,
    open_windows.pending_until,
    coalesce(invoiced.line_count, 0) as line_count,
    cast(outcomes.invoiced_count as bigint) as invoiced_count,
    cast(outcomes.recounted_count as bigint) as recounted_count,
    cast(outcomes.over_invoiced_count as bigint) as over_invoiced_count,
    cast(outcomes.under_invoiced_count as bigint) as under_invoiced_count,
    cast(outcomes.unverifiable_count as bigint) as unverifiable_count,
    cast(outcomes.pending_determination_count as bigint) as pending_determination_count,
    cast(coalesce(invoiced.amount_invoiced, 0) as decimal(18, 6)) as amount_invoiced,
    cast(charges.amount_recounted as decimal(18, 6)) as amount_recounted,
    -- of a price that falls with the number, more can cost less
    cast(greatest(charges.amount_at_most, charges.amount_recounted) as decimal(18, 6))
        as amount_at_most,
    cast(coalesce(invoiced.amount_invoiced, 0) - charges.amount_recounted as decimal(18, 6))
        as amount_variance,
    cast(outcomes.amount_over_invoiced as decimal(18, 6)) as amount_over_invoiced,
    cast(outcomes.amount_under_invoiced as decimal(18, 6)) as amount_under_invoiced,
    cast(outcomes.amount_pending as decimal(18, 6)) as amount_pending,
    cast(
        greatest(coalesce(invoiced.amount_invoiced, 0) - charges.amount_payable, 0)
        as decimal(18, 6)
    ) as amount_contested,
    cast(
        case
            -- less than a minor unit is rounding
            when
                coalesce(invoiced.amount_invoiced, 0) - charges.amount_payable
                - outcomes.amount_over_invoiced >= {{ minor_unit_of('runs.minor_units') }}
                then
                    coalesce(invoiced.amount_invoiced, 0) - charges.amount_payable
                    - outcomes.amount_over_invoiced
            else 0
        end as decimal(18, 6)
    ) as amount_above_terms,
    {% for basis in ['invoiced', 'recounted', 'payable'] %}
    cast(credits.credits_{{ basis }} as decimal(18, 6)) as credits_{{ basis }}
    {%- if not loop.last %},{% endif %}
    {% endfor %}
from {{ ref('int_runs') }} as runs
inner join outcomes
    on runs.contract_key = outcomes.contract_key
inner join charges
    on runs.contract_key = charges.contract_key
left join invoiced
    on runs.contract_key = invoiced.contract_key
left join credits
    on runs.contract_key = credits.contract_key
left join open_determinations
    on runs.contract_key = open_determinations.contract_key
left join open_windows
    on runs.contract_key = open_windows.contract_key
