-- One row per source and stream that the statement was made from: what its manifest lists.
select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    manifests.source,
    manifests.stream,
    manifests.digest,
    manifests.page_count,
    manifests.record_count,
    manifests.parsed_count,
    manifests.control_total,
    manifests.control_total_kind
from {{ source('landed', 'manifests') }} as manifests
inner join {{ ref('int_runs') }} as runs
    on manifests.contract_key = runs.contract_key
