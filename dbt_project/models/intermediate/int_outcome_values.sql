-- One row per candidate whose outcome is priced by a share of its value: what the concluding event
-- was worth, less what the contract takes off. Null where an amount is missing or is in another
-- currency, so that it cannot be charged.
with events as (

    -- a record that was delivered twice is one event
    select distinct
        contract_key,
        subject_id,
        event_id,
        event_type,
        occurred_at,
        value,
        unit
    from {{ ref('int_events') }}

),

priced as (

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

worth as (

    select
        priced.*,
        case when events.unit = priced.currency_code then events.value end as value
    from priced
    inner join events
        on
            priced.contract_key = events.contract_key
            and priced.subject_id = events.subject_id
            and priced.candidate_event_id = events.event_id

),

taken_off as (

    select
        worth.candidate_key,
        sum(events.value) as value,
        count(case when events.unit = worth.currency_code then events.value end) as known_count,
        count(*) as event_count
    from worth
    inner join {{ source('terms', 'price_nets') }} as nets
        on worth.price_key = nets.price_key
    inner join events
        on
            worth.contract_key = events.contract_key
            and worth.subject_id = events.subject_id
            and nets.event_type = events.event_type
            and events.occurred_at > worth.concluded_at
            -- the last instant still counts (DESIGN 5)
            and events.occurred_at
            <= {{ microseconds_after('worth.concluded_at', 'worth.net_within_us') }}
    group by worth.candidate_key

)

select
    worth.candidate_key,
    case
        when taken_off.candidate_key is null then worth.value
        when taken_off.known_count = taken_off.event_count
            then greatest(worth.value - taken_off.value, 0)
    end as value
from worth
left join taken_off
    on worth.candidate_key = taken_off.candidate_key
