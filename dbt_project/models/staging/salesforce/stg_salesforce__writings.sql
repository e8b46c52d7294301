-- One row per comment or e-mail of a case. A merge moves them to the case that is kept; here they
-- stay where they were when they were first extracted. A draft was never sent.
with comments as (

    select
        *,
        row_number() over (
            partition by contract_key, source, comment_id order by changed_at, file, record_number
        ) as version_number
    from {{ source('landed', 'salesforce__comments') }}

),

emails as (

    select
        *,
        row_number() over (
            partition by contract_key, source, email_id order by changed_at, file, record_number
        ) as version_number,
        row_number() over (
            partition by contract_key, source, email_id
            order by changed_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'salesforce__emails') }}

),

firsts as (

    select
        contract_key,
        source,
        email_id,
        case_id
    from emails
    where version_number = 1

)

select
    contract_key,
    source,
    comment_id as writing_id,
    case_id,
    case when is_published then 'published' else 'noted' end as told,
    written_at,
    author,
    cast(null as varchar(20)) as said_type
from comments
where version_number = 1
union all
-- whoever sends in an e-mail is the requester; it was created by the automation that received it
select
    emails.contract_key,
    emails.source,
    emails.email_id as writing_id,
    firsts.case_id,
    case when emails.is_incoming then 'contacted' else 'replied' end as told,
    emails.written_at,
    case when not emails.is_incoming then emails.author end as author,
    case when emails.is_incoming then 'requester' end as said_type
from emails
inner join firsts
    on
        emails.contract_key = firsts.contract_key
        and emails.source = firsts.source
        and emails.email_id = firsts.email_id
where
    emails.version_from_last = 1
    and firsts.case_id is not null
    and coalesce(emails.status, '') <> '5'
