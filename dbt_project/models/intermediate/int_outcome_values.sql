-- One row per candidate whose outcome is priced by a share of its value: what the concluding event
-- was worth, less what the contract takes off. Null where an amount is missing or is in another
-- currency, so that it cannot be charged.
with priced as (

    select
        determinations.candidate_key,
        determinations.contract_key,
        determinations.subject_id,
        determinations.candidate_event_id,
        determinations.concluded_at,
        terms.price_key,
        terms.net_within_us,
        contracts.currency_code
    from {{ ref('int_determinations') }} as determinations
    inner join {{ source('terms', 'price_terms') }} as terms
        on
            determinations.contract_key = terms.contract_key
            and determinations.outcome = terms.line_type
            and determinations.counted_by = 'buyer'
            and terms.price_model = 'percent_of_value'
    inner join {{ source('terms', 'contracts') }} as contracts
        on determinations.contract_key = contracts.contract_key

),

-- the log comes first in its joins, so that what is priced is what is kept in memory; a record that
-- was delivered twice is one event
worth as (

    select
        priced.candidate_key,
        max(case when events.unit = priced.currency_code then events.value end) as value
    from {{ ref('int_events') }} as events
    inner join priced
        on
            events.contract_key = priced.contract_key
            and events.subject_id = priced.subject_id
            and events.event_id = priced.candidate_event_id
    group by priced.candidate_key

),

gone_back as (

    select distinct
        priced.candidate_key,
        events.event_id,
        case when events.unit = priced.currency_code then events.value end as value
    from {{ ref('int_events') }} as events
    inner join priced
        on
            events.contract_key = priced.contract_key
            and events.subject_id = priced.subject_id
            and events.occurred_at > priced.concluded_at
            -- the last instant still counts (DESIGN 5)
            and events.occurred_at
            <= {{ microseconds_after('priced.concluded_at', 'priced.net_within_us') }}
    inner join {{ source('terms', 'price_nets') }} as nets
        on
            priced.price_key = nets.price_key
            and events.event_type = nets.event_type

),

taken_off as (

    select
        candidate_key,
        sum(value) as value,
        count(value) = count(*) as is_known
    from gone_back
    group by candidate_key

)

select
    worth.candidate_key,
    case
        when taken_off.candidate_key is null then worth.value
        when taken_off.is_known then greatest(worth.value - taken_off.value, 0)
    end as value
from worth
left join taken_off
    on worth.candidate_key = taken_off.candidate_key
