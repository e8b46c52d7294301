"""The month that ended, for every contract: from landed evidence to the mails."""

import pendulum
from airflow.sdk import Param, dag

from recount.tasks import check_contracts, closed_months, extractions, land, statement_of


@dag(
    dag_id="recount_monthly",
    schedule="0 6 1 * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    # what a stopped scheduler missed is found by the daily DAG from what is published
    catchup=False,
    tags=["recount"],
    doc_md=__doc__,
    params={
        "period": Param(None, type=["null", "string"], pattern=r"^\d{4}-\d{2}$",
                        description="The month, such as 2026-10; the one that ended by default"),
        "as_of": Param(None, type=["null", "string"],
                       description="The instant as of which it is known; the run's by default"),
        "months": Param(None, type=["null", "array"],
                        description="Several of them: a list of {period, as_of}"),
        "refresh": Param(False, type="boolean",
                         description="Extract again what an earlier run of the month pinned"),
    },
)  # fmt: skip
def monthly_reconciliation() -> None:
    """Name the stages in order."""
    check_contracts()
    months = closed_months()
    landed = land.expand(extraction=extractions(months))  # type: ignore[arg-type]
    landed >> statement_of.partial(months=months).expand(month=months)


monthly_reconciliation()
