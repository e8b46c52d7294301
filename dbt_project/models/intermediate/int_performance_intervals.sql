-- One row per performance term of a contract, interval and basis: the share of the term's outcome
-- that was reached there. What is open is counted for the vendor, unless it is ours that counts.
with terms as (

    select * from {{ source('terms', 'performance_terms') }}

),

determinations as (

    select * from {{ ref('int_determinations') }}
    where counted_by in ('buyer', 'measured')

),

counted as (

    select
        intervals.contract_key,
        intervals.term,
        intervals.interval_name,
        intervals.starts_at,
        intervals.ends_at,
        terms.at_least,
        count(case when determinations.verdict = 'met' then 1 end) as met_count,
        count(case when determinations.verdict = 'not_met' then 1 end) as not_met_count,
        count(case when determinations.verdict = 'pending' then 1 end) as pending_count,
        count(case when determinations.verdict = 'unverifiable' then 1 end) as unverifiable_count
    from {{ source('terms', 'intervals') }} as intervals
    inner join terms
        on
            intervals.contract_key = terms.contract_key
            and intervals.term = terms.term
    left join determinations
        on
            terms.contract_key = determinations.contract_key
            and terms.outcome = determinations.outcome
            and intervals.starts_at <= determinations.counted_at
            and intervals.ends_at > determinations.counted_at
    group by
        intervals.contract_key, intervals.term, intervals.interval_name, intervals.starts_at,
        intervals.ends_at, terms.at_least

),

shares as (

    select
        counted.*,
        base.basis,
        counted.met_count
        + case
            when base.basis = 'recounted' then 0
            when contracts.unverifiable_policy = 'dispute' then counted.pending_count
            else counted.pending_count + counted.unverifiable_count
        end as share_count
    from counted
    inner join {{ source('terms', 'contracts') }} as contracts
        on counted.contract_key = contracts.contract_key
    inner join {{ ref('int_base_charges') }} as base
        on counted.contract_key = base.contract_key

)

select
    contract_key,
    term,
    basis,
    interval_name,
    starts_at,
    ends_at,
    share_count as met_count,
    share_count + not_met_count as judged_count,
    -- multiplied, not divided: exactly what is to be reached is reached
    case
        when share_count + not_met_count > 0
            then share_count * 100 >= at_least * (share_count + not_met_count)
    end as is_reached
from shares
