-- One row per subject of the period: what the vendor's own system claims of it last, how often the
-- vendor bills it, and how often we count it. Without claims there are none.
with runs as (

    select * from {{ ref('int_runs') }}

),

lasts as (

    select
        contract_key,
        subject_id,
        max_by(claim, {{ event_order('last_seen_at', 'claim') }}) as claim,
        max_by(claimed_at, {{ event_order('last_seen_at', 'claim') }}) as claimed_at
    from {{ ref('int_vendor_claims') }}
    group by contract_key, subject_id

),

lines as (

    select
        contract_key,
        subject_id,
        count(*) as invoiced_count
    from {{ ref('int_invoice_lines') }}
    where line_kind = 'outcome'
    group by contract_key, subject_id

),

determinations as (

    select
        contract_key,
        subject_id,
        count(case when verdict = 'met' then 1 end) as recounted_count
    from {{ ref('int_determinations') }}
    where counted_by = 'buyer'
    group by contract_key, subject_id

),

subjects as (

    select
        contract_key,
        subject_id
    from lasts
    union
    select
        contract_key,
        subject_id
    from lines
    where contract_key in (select lasts.contract_key from lasts)
    union
    select
        contract_key,
        subject_id
    from determinations
    where contract_key in (select lasts.contract_key from lasts)

)

select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    subjects.subject_id,
    lasts.claim,
    lasts.claimed_at,
    coalesce(lines.invoiced_count, 0) as invoiced_count,
    coalesce(determinations.recounted_count, 0) as recounted_count
from subjects
inner join runs
    on subjects.contract_key = runs.contract_key
left join lasts
    on
        subjects.contract_key = lasts.contract_key
        and subjects.subject_id = lasts.subject_id
left join lines
    on
        subjects.contract_key = lines.contract_key
        and subjects.subject_id = lines.subject_id
left join determinations
    on
        subjects.contract_key = determinations.contract_key
        and subjects.subject_id = determinations.subject_id
where
    lines.subject_id is not null
    or determinations.subject_id is not null
    or (lasts.claimed_at >= runs.period_starts_at and lasts.claimed_at < runs.period_ends_at)
