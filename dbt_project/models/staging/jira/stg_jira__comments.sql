-- One row per comment and content that the API gave it; who wrote it is told as it was at the first
-- reading. A comment that was deleted after it was landed stays.
with contents as (

    select
        contract_key,
        source,
        issue_id,
        comment_id,
        written_at,
        epoch_ms,
        is_public,
        min_by(author, read_at) as author,
        min_by(author_key, read_at) as author_key,
        min_by(author_type, read_at) as author_type
    from {{ source('landed', 'jira__comments') }}
    group by contract_key, source, issue_id, comment_id, written_at, epoch_ms, is_public

)

select
    *,
    row_number() over (
        partition by contract_key, source, comment_id order by written_at, issue_id, is_public
    ) as content_number
from contents
