-- One row per outcome and subject that has a candidate in the run's period: the buyer's
-- determination, and whether the vendor's own definition is met on the same log.
with runs as (

    select * from {{ source('terms', 'runs') }}

),

of_period as (

    select determinations.*
    from {{ ref('int_determinations') }} as determinations
    inner join runs
        on
            determinations.contract_key = runs.contract_key
            and determinations.period = runs.period

)

select * from of_period
