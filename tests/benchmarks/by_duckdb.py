"""The month's determinations by a DuckDB query written for this one contract."""

import json
import sys
from pathlib import Path

import duckdb

SQL = """
with scoped as (
    select subject_id, opened_at from read_parquet('subjects.parquet')
    where queue in ('billing', 'orders')
),
concluded as (
    select
        events.subject_id, events.event_id, events.occurred_at as concluded_at, opened_at,
        actor_type = 'ai_agent' as is_by_ai
    from read_parquet('events.parquet') as events
    inner join scoped on events.subject_id = scoped.subject_id
    where event_type = 'solved'
),
judged as (
    select distinct subject_id from concluded
    where concluded_at >= timestamptz '2026-07-31 22:00:00+00'
        and concluded_at < timestamptz '2026-08-31 22:00:00+00'
),
candidates as (
    select concluded.* from concluded semi join judged on concluded.subject_id = judged.subject_id
),
handed_off as (
    select distinct candidates.event_id
    from candidates
    inner join read_parquet('events.parquet') as events
        on candidates.subject_id = events.subject_id
        and events.occurred_at >= candidates.opened_at
        and events.occurred_at < candidates.concluded_at
    where event_type in ('replied', 'assigned', 'handed_off') and actor_type = 'human_agent'
),
reopened as (
    select distinct candidates.event_id
    from candidates
    inner join read_parquet('events.parquet') as events
        on candidates.subject_id = events.subject_id
        and events.occurred_at > candidates.concluded_at
        and events.occurred_at <= candidates.concluded_at + interval '14 days'
    where event_type in ('reopened', 'followed_up')
),
rated as (
    select candidates.event_id, arg_max(value, (survey.occurred_at, survey.event_id)) as value
    from candidates
    inner join read_parquet('survey.parquet') as survey
        on candidates.subject_id = survey.subject_id
        and survey.occurred_at > candidates.concluded_at
        and survey.occurred_at <= candidates.concluded_at + interval '14 days'
    group by candidates.event_id
),
contacted as (
    select distinct candidates.event_id
    from candidates
    inner join read_parquet('events.parquet') as events
        on candidates.subject_id = events.subject_id
        and events.occurred_at > candidates.concluded_at
        and events.occurred_at <= candidates.concluded_at + interval '24 hours'
    where event_type = 'contacted' and actor_type = 'requester'
),
verdicts as (
    select
        'buyer' as counted_by,
        candidates.*,
        handed_off.event_id is null and reopened.event_id is null and coalesce(rated.value, 0) >= 4
            as is_met
    from candidates
    left join handed_off on candidates.event_id = handed_off.event_id
    left join reopened on candidates.event_id = reopened.event_id
    left join rated on candidates.event_id = rated.event_id
    where is_by_ai
    union all
    select 'vendor' as counted_by, candidates.*, contacted.event_id is null as is_met
    from candidates
    left join contacted on candidates.event_id = contacted.event_id
),
counted as (
    select
        *,
        min(case when is_met then concluded_at end) over (partition by counted_by, subject_id)
            as first_met_at
    from verdicts
),
best as (
    select
        counted_by,
        subject_id,
        -- counted once per subject: met again in the month in which it was met first
        bool_or(is_met and first_met_at >= timestamptz '2026-07-31 22:00:00+00') as is_met
    from counted
    where concluded_at >= timestamptz '2026-07-31 22:00:00+00'
        and concluded_at < timestamptz '2026-08-31 22:00:00+00'
    group by counted_by, subject_id
)
select counted_by, case when is_met then 'met' else 'not_met' end as verdict, count(*)
from best group by all
"""


def main() -> None:
    connection = duckdb.connect()
    connection.execute("set file_search_path = ?", [str(Path(sys.argv[1]).resolve())])
    connection.execute("set preserve_insertion_order = false")
    found = {side: {"met": 0, "not_met": 0} for side in ("buyer", "vendor")}
    for counted_by, verdict, count in connection.sql(SQL).fetchall():
        found[counted_by][verdict] = count
    print(json.dumps(found, sort_keys=True))


if __name__ == "__main__":
    main()
