"""What is due today: missed months, late invoices, and months that can become final."""

import pendulum
from airflow.sdk import Param, dag

from recount.tasks import check_contracts, due_months, extractions, land, statement_of


@dag(
    dag_id="recount_daily",
    schedule="0 7 * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    # two at once would work on the same months
    max_active_runs=1,
    tags=["recount"],
    doc_md=__doc__,
    params={
        "as_of": Param(None, type=["null", "string"],
                       description="The instant as of which it is known; the run's by default"),
    },
)  # fmt: skip
def daily_follow_up() -> None:
    """Name the stages in order."""
    check_contracts()
    months = due_months()
    landed = land.expand(extraction=extractions(months))  # type: ignore[arg-type]
    landed >> statement_of.partial(months=months).expand(month=months)


daily_follow_up()
