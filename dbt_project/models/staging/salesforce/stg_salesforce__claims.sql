-- One row per conversation that the vendor says it bills, as it was extracted last, and the case
-- that it belongs to, else the conversation. It is the vendor's claim, and no event comes of it.
with versions as (

    select
        *,
        row_number() over (
            partition by contract_key, source, claim_id
            order by claimed_at desc, file desc, record_number desc
        ) as version_from_last
    from {{ source('landed', 'salesforce__claims') }}

),

conversations as (

    select
        sessions.contract_key,
        sessions.source,
        sessions.conversation_id,
        min(cases.case_number) as case_number,
        count(distinct cases.case_number) as case_count
    from {{ ref('stg_salesforce__sessions') }} as sessions
    inner join {{ ref('stg_salesforce__cases') }} as cases
        on
            sessions.contract_key = cases.contract_key
            and sessions.source = cases.source
            and sessions.case_id = cases.case_id
    group by sessions.contract_key, sessions.source, sessions.conversation_id

)

select
    versions.contract_key,
    versions.source,
    versions.claim_id,
    versions.conversation_id,
    versions.source || '-' || case
        when conversations.case_count = 1 then conversations.case_number
        else versions.conversation_id
    end as subject_id,
    coalesce(versions.outcome, 'unnamed') as claim,
    versions.outcome_count,
    versions.is_escalated,
    versions.claimed_at,
    versions.claimed_at as last_seen_at,
    versions.window_from,
    versions.window_until
from versions
left join conversations
    on
        versions.contract_key = conversations.contract_key
        and versions.source = conversations.source
        and versions.conversation_id = conversations.conversation_id
where versions.version_from_last = 1
