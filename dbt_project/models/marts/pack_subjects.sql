-- One row per subject that is judged, and per subject of a requester by whom a clause links to one:
-- what its source says of it, and the link group, beyond which no clause looks.
with judged as (

    select
        contract_key,
        subject_id
    from {{ ref('int_judged_subjects') }}

),

described as (

    select * from {{ ref('int_subjects') }}

),

requesters as (

    select * from {{ ref('int_linked_requesters') }}

),

linked as (

    select
        described.contract_key,
        described.subject_id
    from described
    inner join requesters
        on
            described.contract_key = requesters.contract_key
            and described.requester_key = requesters.requester_key

),

subjects as (

    select * from judged
    union
    select * from linked

)

select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    case
        when requesters.requester_key is null then 'subject:' || subjects.subject_id
        else 'requester:' || requesters.requester_key
    end as link_group,
    subjects.subject_id,
    described.subject_type,
    described.opened_at,
    requesters.requester_key,
    described.queue,
    described.channel,
    described.tier,
    described.language,
    described.department,
    described.is_test,
    described.attributes
from subjects
inner join {{ ref('int_runs') }} as runs
    on subjects.contract_key = runs.contract_key
left join described
    on
        subjects.contract_key = described.contract_key
        and subjects.subject_id = described.subject_id
left join requesters
    on
        described.contract_key = requesters.contract_key
        and described.requester_key = requesters.requester_key
