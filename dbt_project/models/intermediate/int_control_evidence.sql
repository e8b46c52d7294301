-- One row per contract: of the event types that the buyer's definitions name, which does no source
-- show, which are not observed past the period, and which does a clause require that never happened
-- since the period began, though something was concluded?
with patterns as (

    select
        clauses.definition_key,
        clause_patterns.event_type,
        case when clauses.verb = 'requires' then 1 else 0 end as requires_it
    from {{ source('terms', 'clause_patterns') }} as clause_patterns
    inner join {{ source('terms', 'clauses') }} as clauses
        on clause_patterns.clause_key = clauses.clause_key
    union all
    select
        definition_key,
        event_type,
        0 as requires_it
    from {{ source('terms', 'concluding_patterns') }}

),

named as (

    select
        definitions.contract_key,
        patterns.event_type,
        max(patterns.requires_it) = 1 as is_required
    from patterns
    inner join {{ source('terms', 'definitions') }} as definitions
        on patterns.definition_key = definitions.definition_key
    where definitions.counted_by in ('buyer', 'measured')
    group by definitions.contract_key, patterns.event_type

),

runs as (

    select * from {{ ref('int_runs') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

concluded as (

    select distinct contract_key
    from {{ ref('int_determinations') }}
    where counted_by in ('buyer', 'measured')

),

looked_at as (

    select
        named.contract_key,
        case when coverage.event_type is null then named.event_type end as not_shown,
        case when coverage.observed_until < runs.period_ends_at then named.event_type end
            as cut_short,
        case
            when
                named.is_required
                and coverage.event_type is not null
                and concluded.contract_key is not null
                and coalesce(totals.observed_since_period_count, 0) = 0
                then named.event_type
        end as required_absent
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

)

select
    contract_key,
    count(not_shown) as event_type_not_shown_count,
    count(cut_short) as event_type_cut_short_count,
    count(required_absent) as required_event_type_absent_count,
    {{ listed('not_shown') }} as event_types_not_shown,
    {{ listed('cut_short') }} as event_types_cut_short,
    {{ listed('required_absent') }} as required_event_types_absent
from looked_at
group by contract_key
