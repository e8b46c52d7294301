-- One row per contract and event type that a clause of the buyer's definitions names: is it observed
-- past the period, and did it happen at all since the period began, if anything was concluded in it?
with named as (

    select distinct
        definitions.contract_key,
        clause_patterns.event_type,
        max(case when clauses.verb = 'requires' then 1 else 0 end) over (
            partition by definitions.contract_key, clause_patterns.event_type
        ) = 1 as is_required
    from {{ source('terms', 'clause_patterns') }} as clause_patterns
    inner join {{ source('terms', 'clauses') }} as clauses
        on clause_patterns.clause_key = clauses.clause_key
    inner join {{ source('terms', 'definitions') }} as definitions
        on clauses.definition_key = definitions.definition_key
    where definitions.counted_by = 'buyer'

),

runs as (

    select * from {{ ref('int_runs') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

concluded as (

    select distinct contract_key
    from {{ ref('int_period_determinations') }}
    where counted_by = 'buyer'

)

select
    named.contract_key,
    count(case when coverage.event_type is null then 1 end) as event_type_not_shown_count,
    count(case when coverage.observed_until < runs.period_ends_at then 1 end)
        as event_type_cut_short_count,
    count(case
        when named.is_required and coverage.event_type is not null
            and concluded.contract_key is not null
            and coalesce(totals.observed_since_period_count, 0) = 0 then 1
    end) as required_event_type_absent_count
from named
inner join runs
    on named.contract_key = runs.contract_key
left join concluded
    on named.contract_key = concluded.contract_key
left join coverage
    on
        named.contract_key = coverage.contract_key
        and named.event_type = coverage.event_type
left join {{ ref('int_event_totals') }} as totals
    on
        named.contract_key = totals.contract_key
        and named.event_type = totals.event_type
group by named.contract_key
