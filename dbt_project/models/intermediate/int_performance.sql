-- One row per performance term of a contract and basis: in how many intervals its share was
-- reached, and what is charged or credited for it.
with shares as (

    select
        contract_key,
        term,
        basis,
        sum(met_count) as met_count,
        sum(judged_count) as judged_count,
        count(case when judged_count > 0 then 1 end) as interval_count,
        count(case when is_reached then 1 end) as reached_count
    from {{ ref('int_performance_intervals') }}
    group by contract_key, term, basis

),

expected as (

    select
        shares.*,
        terms.outcome,
        terms.per,
        terms.at_least,
        terms.amount_paid,
        terms.share_credited,
        terms.baseline,
        terms.baseline_share,
        terms.price_each,
        contracts.minor_units,
        base.amount as amount_of_base,
        greatest(
            terms.baseline_share * shares.judged_count - (shares.judged_count - shares.met_count), 0
        ) as fewer_than_baseline
    from shares
    inner join {{ source('terms', 'performance_terms') }} as terms
        on
            shares.contract_key = terms.contract_key
            and shares.term = terms.term
    inner join {{ source('terms', 'contracts') }} as contracts
        on shares.contract_key = contracts.contract_key
    inner join {{ ref('int_base_charges') }} as base
        on
            shares.contract_key = base.contract_key
            and shares.basis = base.basis

),

exact as (

    select
        *,
        case
            when baseline_share is not null
                then cast({{ product('fewer_than_baseline', 'price_each') }} as decimal(28, 12))
            when reached_count > 0
                then cast(
                    {{ product('reached_count', 'coalesce(amount_paid, 0)') }} as decimal(28, 12)
                )
            when interval_count > 0
                then -cast(
                    {{ product('amount_of_base', 'coalesce(share_credited, 0)') }}
                    as decimal(28, 12)
                )
            else 0
        end as amount_exact
    from expected

)

select
    contract_key,
    term,
    basis,
    outcome,
    per,
    at_least,
    baseline,
    baseline_share,
    cast(met_count as bigint) as met_count,
    cast(judged_count as bigint) as judged_count,
    interval_count,
    case when baseline_share is null then reached_count end as reached_count,
    amount_exact,
    cast(
        case
            when baseline_share is null then greatest(reached_count, 1)
            else fewer_than_baseline
        end as decimal(18, 6)
    ) as quantity,
    {{ round_to_minor_unit('amount_exact', 'minor_units') }} as amount
from exact
