-- One row per contract whose vendor claims something: of how many subjects of the period, in which
-- words.
with words as (

    select
        contract,
        claim,
        sum(subject_count) as subject_count
    from {{ ref('claim_totals') }}
    where claim is not null
    group by contract, claim

)

select
    runs.contract_key,
    cast(sum(words.subject_count) as bigint) as subject_claimed_count,
    {{ listed("words.subject_count || ' ' || words.claim") }} as claims
from words
inner join {{ ref('int_runs') }} as runs
    on words.contract = runs.contract
group by runs.contract_key
