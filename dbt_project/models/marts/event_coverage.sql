-- One row per contract and event type that a source shows or a definition names: who shows it, from
-- when until when, and how often it happened in the period.
with shown as (

    select
        contract_key,
        event_type,
        {{ listed('source') }} as shown_by
    from {{ source('landed', 'coverage') }}
    group by contract_key, event_type

),

named as (

    select
        definitions.contract_key,
        clause_patterns.event_type
    from {{ source('terms', 'clause_patterns') }} as clause_patterns
    inner join {{ source('terms', 'clauses') }} as clauses
        on clause_patterns.clause_key = clauses.clause_key
    inner join {{ source('terms', 'definitions') }} as definitions
        on clauses.definition_key = definitions.definition_key
    union
    select
        definitions.contract_key,
        concluding.event_type
    from {{ source('terms', 'concluding_patterns') }} as concluding
    inner join {{ source('terms', 'definitions') }} as definitions
        on concluding.definition_key = definitions.definition_key

),

event_types as (

    select
        contract_key,
        event_type
    from shown
    union
    select
        contract_key,
        event_type
    from named

)

select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    event_types.event_type,
    named.event_type is not null as is_named,
    shown.shown_by,
    coverage.observed_from,
    coverage.observed_until,
    cast(coalesce(totals.observed_in_period_count, 0) as bigint) as event_count
from event_types
inner join {{ ref('int_runs') }} as runs
    on event_types.contract_key = runs.contract_key
left join named
    on
        event_types.contract_key = named.contract_key
        and event_types.event_type = named.event_type
left join shown
    on
        event_types.contract_key = shown.contract_key
        and event_types.event_type = shown.event_type
left join {{ ref('int_coverage') }} as coverage
    on
        event_types.contract_key = coverage.contract_key
        and event_types.event_type = coverage.event_type
left join {{ ref('int_event_totals') }} as totals
    on
        event_types.contract_key = totals.contract_key
        and event_types.event_type = totals.event_type
