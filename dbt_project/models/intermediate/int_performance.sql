-- One row per performance term of a contract and basis: the share of its outcome that was reached,
-- and what is charged or credited for it. What is open is counted for the vendor, unless it is ours
-- that counts.
with terms as (

    select * from {{ source('terms', 'performance_terms') }}

),

contracts as (

    select * from {{ source('terms', 'contracts') }}

),

determinations as (

    select
        contract_key,
        outcome,
        count(case when verdict = 'met' then 1 end) as met_count,
        count(case when verdict = 'not_met' then 1 end) as not_met_count,
        count(case when verdict = 'pending' then 1 end) as pending_count,
        count(case when verdict = 'unverifiable' then 1 end) as unverifiable_count
    from {{ ref('int_determinations') }}
    where counted_by in ('buyer', 'measured')
    group by contract_key, outcome

),

counted as (

    select
        terms.*,
        contracts.minor_units,
        base.basis,
        base.amount as amount_of_base,
        coalesce(determinations.not_met_count, 0) as not_met_count,
        coalesce(determinations.met_count, 0)
        + case
            when base.basis = 'recounted' then 0
            else
                coalesce(determinations.pending_count, 0)
                + case
                    when contracts.unverifiable_policy = 'dispute' then 0
                    else coalesce(determinations.unverifiable_count, 0)
                end
        end as met_count
    from terms
    inner join contracts
        on terms.contract_key = contracts.contract_key
    inner join {{ ref('int_base_charges') }} as base
        on terms.contract_key = base.contract_key
    left join determinations
        on
            terms.contract_key = determinations.contract_key
            and terms.outcome = determinations.outcome

),

judged as (

    select
        *,
        met_count + not_met_count as judged_count,
        -- multiplied, not divided: exactly what is to be reached is reached
        case
            when met_count + not_met_count > 0
                then met_count * 100 >= at_least * (met_count + not_met_count)
        end as is_reached,
        greatest(baseline_share * (met_count + not_met_count) - not_met_count, 0)
            as fewer_than_baseline
    from counted

),

exact as (

    select
        *,
        case
            when baseline_share is not null
                then cast({{ product('fewer_than_baseline', 'price_each') }} as decimal(28, 12))
            when is_reached then coalesce(amount_paid, 0)
            when not is_reached
                then -cast(
                    {{ product('amount_of_base', 'coalesce(share_credited, 0)') }}
                    as decimal(28, 12)
                )
            else 0
        end as amount_exact
    from judged

)

select
    contract_key,
    term,
    basis,
    outcome,
    at_least,
    baseline,
    baseline_share,
    met_count,
    judged_count,
    is_reached,
    amount_exact,
    cast(
        case when baseline_share is null then 1 else fewer_than_baseline end as decimal(18, 6)
    ) as quantity,
    {{ round_to_minor_unit('amount_exact', 'minor_units') }} as amount
from exact
