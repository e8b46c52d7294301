"""The approval of notices as Airflow tasks: a person is asked, and the answer is recorded.

What waits is found in the register, and so is whether an answer still holds: it is for the content
that was shown, by somebody who did not prepare it, and the first one counts (FAULTS H1 to H4).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, task, task_group
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from recount import disputes, telling
from recount.errors import MailRefused, RecountError
from recount.evidence import decisions
from recount.evidence.register import Register, newest, state
from recount.lake import open_lake
from recount.month import Month
from recount.plain_text import plain
from recount.tasks import BACKOFF, contracts_path, lake_uri

# Shorter than from one run of the DAG to the next, which asks again.
ANSWER_WITHIN = timedelta(hours=23)
_NO_REASON = "rejected in Airflow, without a reason"


@task
def waiting_notices() -> list[dict[str, Any]]:
    """Every notice that waits for a person, as it is now."""
    now = datetime.now(UTC)
    found = [each.in_full(now) for each in disputes.disputes(open_lake(lake_uri()))]
    return [
        {key: each[key] for key in _SHOWN} for each in found if each["state"] == "drafted"
    ]  # fmt: skip


_SHOWN = (
    "id", "contract", "period", "invoices", "currency", "disputed", "deadline", "as_of", "content",
    "recipients", "prepared_by", "draft",
)  # fmt: skip


class NoticeApproval(ApprovalOperator):
    """Asks a person about one notice, and records the answer before anything follows from it.

    No answer in time leaves the draft as it is, and operations is told of it once.
    """

    template_fields = ("notice",)

    def __init__(self, *, notice: Mapping[str, Any], **kwargs: Any) -> None:
        """Ask about what `waiting_notices` returned."""
        because = Param("", type="string", title="Because", description="Why; needed for a no.")
        super().__init__(
            subject="A dispute notice waits", params={"because": because},
            response_timeout=ANSWER_WITHIN, **kwargs,
        )  # fmt: skip
        self.notice = notice

    def execute(self, context: Any) -> Any:
        """Show what is to be approved; what it says is data, and never a template."""
        context["notice_name"] = f"{self.notice['contract']} {self.notice['period']}"
        self.subject = _subject(self.notice)
        self.body = _body(self.notice)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Record the answer; one that does not hold fails, and says why."""
        context["notice_name"] = f"{self.notice['contract']} {self.notice['period']}"
        if "error" in event:
            _tell_of_silence(self.notice)
        else:
            _record(self.notice, event, is_yes=event["chosen_options"] == [self.APPROVE])
        return super().execute_complete(context, event)


def _subject(notice: Mapping[str, Any]) -> str:
    to = ", ".join(notice["recipients"]) or "nobody yet"
    return (
        f"Send the dispute notice of {notice['contract']}, {notice['period']}, "
        f"{notice['disputed']} {notice['currency']} to {to}?"
    )


def _body(notice: Mapping[str, Any]) -> str:
    lines = {
        "Notice": notice["id"],
        "Invoices": ", ".join(notice["invoices"]),
        "Last day for a dispute": notice["deadline"] or "not said",
        "Prepared by": notice["prepared_by"],
        "The mail itself, to be read before": notice["draft"],
        "Content": notice["content"],
    }
    # as code, in which Markdown has no meaning
    return "\n".join(f"    {name}: {plain(value)}" for name, value in lines.items())


def _record(notice: Mapping[str, Any], event: Mapping[str, Any], *, is_yes: bool) -> None:
    register, content = _register(notice), notice["content"]
    by = (event["responded_by_user"] or {}).get("name") or ""
    because = str((event["params_input"] or {}).get("because") or "")
    at = event["responded_at"]
    try:
        if is_yes:
            decisions.approve(register, content=content, by=by, because=because, at=at)
        else:
            reason = because or _NO_REASON
            decisions.reject(register, content=content, by=by, because=reason, at=at)
    except RecountError as error:
        raise AirflowFailException(str(error)) from error


def _tell_of_silence(notice: Mapping[str, Any]) -> None:
    steps = _register(notice).steps()
    draft = newest(steps, {"drafted"})
    if state(steps) != "drafted" or draft is None or draft.facts["content"] != notice["content"]:
        raise AirflowSkipException("it was decided elsewhere, or drafted anew, meanwhile")
    by = f" by {notice['deadline']}" if notice["deadline"] else ""
    because = (
        f"nobody approved or rejected the dispute notice {notice['id']} about "
        f"{notice['disputed']} {notice['currency']} in time; it stays a draft, so decide on it{by}"
    )
    month = Month(
        str(contracts_path()), notice["contract"], notice["period"], notice["as_of"], lake_uri()
    )
    telling.alarm(month, "approval_missing", because)


def _register(notice: Mapping[str, Any]) -> Register:
    return Register(open_lake(lake_uri()), f"notices/{notice['id']}")


@task(retries=3, **BACKOFF)
def send(notice: dict[str, Any]) -> str:
    """Send what was approved; a second attempt sends nothing that is out already."""
    delivery = telling.release(_register(notice), datetime.now(UTC))
    if delivery.because and delivery.state == "approved":
        raise MailRefused(delivery.because)
    return delivery.state


@task_group
def approval_of(notice: dict[str, Any]) -> None:
    """Ask about one notice, and send it if it is approved; the others do not wait for it."""
    asked = NoticeApproval(task_id="ask", notice=notice, map_index_template="{{ notice_name }}")
    asked >> send(notice)
