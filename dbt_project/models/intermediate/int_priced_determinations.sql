-- One row per determination of the buyer: the term that prices it and, where it is met, what the
-- contract charges for it at its place. Places follow the order of conclusion, term by term.
with terms as (

    select * from {{ source('terms', 'price_terms') }}
    where measured_by = 'buyer'

),

tiers as (

    select distinct
        subjects.contract_key,
        subjects.subject_id,
        subjects.tier
    from {{ ref('int_subjects') }} as subjects
    inner join terms
        on
            subjects.contract_key = terms.contract_key
            and subjects.tier = terms.tier

),

priced as (

    select
        determinations.candidate_key,
        determinations.contract_key,
        determinations.verdict,
        terms.price_key,
        terms.price_model,
        terms.share,
        worths.value,
        row_number() over (
            partition by determinations.contract_key, terms.price_key, determinations.verdict
            order by determinations.concluded_at, determinations.candidate_event_id
        ) as place,
        count(*) over (
            partition by determinations.contract_key, terms.price_key, determinations.verdict
        ) as place_count
    from {{ ref('int_determinations') }} as determinations
    left join tiers
        on
            determinations.contract_key = tiers.contract_key
            and determinations.subject_id = tiers.subject_id
    left join terms
        on
            determinations.contract_key = terms.contract_key
            and determinations.outcome = terms.line_type
            and coalesce(terms.tier, tiers.tier, '') = coalesce(tiers.tier, '')
    left join {{ ref('int_outcome_values') }} as worths
        on determinations.candidate_key = worths.candidate_key
    where determinations.counted_by = 'buyer'

)

select
    priced.candidate_key,
    priced.contract_key,
    priced.verdict,
    priced.price_key,
    priced.price_model,
    priced.share,
    priced.value,
    case
        when priced.price_model = 'percent_of_value' and priced.verdict = 'met'
            then cast({{ product('priced.value', 'priced.share') }} as decimal(18, 6))
        else bands.price_each
    end as unit_price
from priced
left join {{ source('terms', 'price_bands') }} as bands
    on
        priced.price_key = bands.price_key
        and priced.verdict = 'met'
        and case priced.price_model when 'volume' then priced.place_count else priced.place end
        > bands.quantity_from
        and case priced.price_model when 'volume' then priced.place_count else priced.place end
        <= coalesce(bands.quantity_to, priced.place_count)
