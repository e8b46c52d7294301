"""ServiceNow in a month of five incidents."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.emulators.servicenow import ServiceNow
from tests.faults.rig import SECRET, Rig

NOW = datetime(2026, 5, 10, tzinfo=UTC)
HIRED = datetime(2026, 1, 5, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)


@contextmanager
def _start() -> Iterator[ServiceNow]:
    with ServiceNow(NOW, user=("recount", SECRET)) as instance:
        for name in ("asker", "resolver.bot", "ann.agent"):
            instance.add_user(name, at=HIRED)
        for name in ("resolver.bot", "ann.agent"):
            instance.grant_role(name, "itil", at=HIRED)
        # so that the audit reaches further back than the contract looks
        old = instance.open_incident(at=HIRED, caller="asker")
        instance.start_work(old, at=HIRED + timedelta(hours=1), by="ann.agent")
        for number in range(5):
            at = FIRST + timedelta(days=number)
            it = instance.open_incident(
                at=at, caller="asker", short_description="Where is my order?",
                correlation_id=f"t{number + 1}",
            )  # fmt: skip
            instance.resolve(it, at=at + timedelta(minutes=6), by="resolver.bot")
            if number == 1:
                instance.reopen(it, at=at + timedelta(days=3), by="asker")
        yield instance


def _ids(instance: ServiceNow) -> dict[str, str]:
    incidents = instance.tables["incident"]
    told = {incidents.value(each, "correlation_id"): each for each in incidents.rows}
    return {name: incidents.value(told[name], "number") for name in ("t1", "t2", "t3", "t4", "t5")}


def _contradict(document: Any) -> None:
    """Let a change of a state come again with another one."""
    changes = [row for row in document["result"] if row.get("fieldname") == "state"]
    if changes:
        document["result"].append({**changes[0], "newvalue": "2"})


RIG = Rig(
    system="servicenow",
    start=_start,
    settings={"observed_from": "2026-02-01T00:00:00Z"},
    agent_id=lambda instance: "resolver.bot",
    ids=_ids,
    connection=lambda instance: {"host": instance.host, "login": "recount", "password": SECRET},
    events="audit",
    path="/api/now/table/sys_audit$",
    records=lambda document: document["result"],
    needed_field="documentkey",
    contradict=_contradict,
    shorten=lambda document: document["result"].clear(),
    opening_requests=6,
    is_ordered=True,
)
