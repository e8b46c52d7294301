"""Every dispute notice that waits for a person: asked once a day, and sent once it is approved."""

import pendulum
from airflow.sdk import dag

from recount.approvals import approval_of, waiting_notices


@dag(
    dag_id="recount_approvals",
    # after the daily DAG, which drafts them
    schedule="0 8 * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    # two at once would ask about the same notices
    max_active_runs=1,
    tags=["recount"],
    doc_md=__doc__,
)
def approvals() -> None:
    """Name the stages in order."""
    approval_of.expand(notice=waiting_notices())


approvals()
