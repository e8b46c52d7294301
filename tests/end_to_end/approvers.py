"""The people whom the DAG asks: `python -m tests.end_to_end.approvers LAKE` beside its Airflow.

They wait until every notice of `WAITING` is asked about, and answer over Airflow's own interface.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from airflow.api_fastapi.app import create_app, get_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from fastapi.testclient import TestClient
from sqlalchemy import update

from recount.evidence.decisions import approve
from recount.evidence.register import Register
from recount.lake import Lake, open_lake
from recount.notify.drafting import Draft, propose

# Contracts, each with one notice, and who answers what about it in Airflow.
ANSWERS = {
    "yes": ("petra", "Approve", ""),
    "no": ("petra", "Reject", "T2 was ours"),
    "itself": ("jo", "Approve", ""),
    "elsewhere": ("jo", "Approve", ""),
    "changed": ("petra", "Approve", ""),
}
WAITING = (*ANSWERS, "silent")
AT = datetime(2026, 5, 2, tzinfo=UTC)


def drafted(lake: Lake, contract: str, *, content: str = "c1", at: datetime = AT) -> Register:
    """Draft the notice of a contract, as a run does where approval is required.

    The run of the contract `itself` was started by a person, who answers too.
    """
    register = Register(lake, f"notices/{contract}")
    facts = {
        "contract": contract, "period": "2026-03", "invoices": ["INV-1"], "disputed": "1.00",
        "currency": "USD", "dispute_by": "2026-05-16",
        **({"started_by": "jo"} if contract == "itself" else {}),
    }  # fmt: skip
    draft = Draft(
        folder=register.folder, id=contract, content=content,
        message_id=f"<{contract}@acme.example>",
        sender="ap@acme.example", recipients=("billing@vendor.example",),
        mail=f"Subject: {contract} {content} {{{{ 7 * 7 }}}}\r\n\r\n".encode(), as_of=at,
        outbox_key=f"outbox/{contract}-notice.eml", facts=facts,
    )  # fmt: skip
    propose(register, draft, approval="required", at=at)
    return register


def main(lake_uri: str) -> None:
    lake = open_lake(lake_uri)
    app = create_app(apps="core")
    with TestClient(app) as client:
        asked = _asked(client)
        approve(
            Register(lake, "notices/elsewhere"), content="c1", by="Petra Lang", at=datetime.now(UTC)
        )
        drafted(lake, "changed", content="c2", at=AT + timedelta(days=20))
        for contract, answer in ANSWERS.items():
            assert _answer(client, asked[contract], *answer) == 200
        assert _answer(client, asked["yes"], "jo", "Reject", "") == 409
    _let_time_pass(asked["silent"]["id"])


def _asked(client: TestClient) -> dict[str, dict[str, Any]]:
    """The task instances that wait, by the contract that they ask about."""
    for _ in range(120):
        found = client.get("/api/v2/dags/~/dagRuns/~/hitlDetails", headers=_as("petra")).json()
        asked = {
            contract: each["task_instance"]
            for each in found["hitl_details"]
            for contract in WAITING
            if f" of {contract}, " in each["subject"]
            and each["task_instance"]["state"] == "awaiting_input"
        }
        if len(asked) == len(WAITING):
            return asked
        time.sleep(0.5)
    raise AssertionError(f"not all were asked: {found}")


def _as(name: str) -> dict[str, str]:
    user = SimpleAuthManagerUser(username=name, role="admin")
    return {"Authorization": f"Bearer {get_auth_manager().generate_jwt(user)}"}


def _answer(client: TestClient, ti: dict[str, Any], name: str, option: str, because: str) -> int:
    run = f"/api/v2/dags/{ti['dag_id']}/dagRuns/{ti['dag_run_id']}"
    way = f"{run}/taskInstances/{ti['task_id']}/{ti['map_index']}/hitlDetails"
    body = {"chosen_options": [option], "params_input": {"because": because}}
    return client.patch(way, json=body, headers=_as(name)).status_code


def _let_time_pass(task_instance: str) -> None:
    """Let the scheduler find that nobody answered in time."""
    with create_session() as session:
        row = update(TaskInstance).where(TaskInstance.id == UUID(task_instance))
        session.execute(row.values(trigger_timeout=datetime.now(UTC) - timedelta(seconds=1)))
    job = Job()  # type: ignore[no-untyped-call]
    SchedulerJobRunner(job=job).check_awaiting_input_timeouts()


if __name__ == "__main__":
    main(*sys.argv[1:])
