-- What was parsed must reach the models: a union without one of its branches would only make the
-- month smaller. An event log's records are events one by one; other systems' records tell some.
with parsed as (

    select
        contract_key,
        sum(case when stream = 'lines' then parsed_count else 0 end) as line_count,
        sum(case when stream = 'credits' then parsed_count else 0 end) as credit_count,
        sum(case when stream = 'subjects' then parsed_count else 0 end) as subject_count,
        sum(case when stream = 'events' then parsed_count else 0 end) as event_count,
        sum(case
            when stream in ('lines', 'credits', 'events', 'subjects') then 0
            else parsed_count
        end) as telling_count
    from {{ source('landed', 'manifests') }}
    group by contract_key

),

subjects as (

    select
        contract_key,
        count(*) as subject_staged_count
    from {{ ref('int_subjects') }}
    group by contract_key

),

staged as (

    select
        runs.contract_key,
        runs.contract,
        control_totals.line_billed_count,
        control_totals.credit_staged_count,
        control_totals.event_staged_count,
        coalesce(subjects.subject_staged_count, 0) as subject_staged_count
    from {{ ref('int_runs') }} as runs
    inner join {{ ref('control_totals') }} as control_totals
        on runs.contract = control_totals.contract
    left join subjects
        on runs.contract_key = subjects.contract_key

)

select
    staged.contract || ': ' || parsed.line_count || ' invoice lines were parsed and '
    || staged.line_billed_count || ' staged, ' || parsed.credit_count
    || ' lines of credits were parsed and ' || staged.credit_staged_count || ' staged, '
    || parsed.subject_count
    || ' subjects were parsed and ' || staged.subject_staged_count || ' staged, '
    || parsed.event_count || ' events of logs and ' || parsed.telling_count
    || ' other records were parsed and ' || staged.event_staged_count
    || ' events staged; look for a source that a union leaves out' as message
from parsed
inner join staged
    on parsed.contract_key = staged.contract_key
where
    parsed.line_count > staged.line_billed_count
    or parsed.credit_count > staged.credit_staged_count
    or parsed.subject_count > staged.subject_staged_count
    or parsed.event_count > staged.event_staged_count
    or (
        parsed.telling_count = 0
        and parsed.event_count > 0
        and parsed.event_count < staged.event_staged_count
    )
    or (parsed.telling_count > 0 and parsed.event_count = staged.event_staged_count)
