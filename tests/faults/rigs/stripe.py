"""Stripe in a month of five payments that an AI agent brought in; one was charged back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recount.sources.stripe import asking
from tests.emulators.stripe import Stripe
from tests.faults.rig import SECRET, Rig

NOW = datetime(2026, 5, 10, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
STAYED = {"forbids": {"event": "charged_back", "within": "14 days"}}


@contextmanager
def _start() -> Iterator[Stripe]:
    with pytest.MonkeyPatch.context() as patch, Stripe(NOW, key=SECRET) as stripe:
        patch.setattr(asking, "PER_PAGE", 2)
        payer = stripe.add_customer(at=FIRST, name="Person One", email="one@example.com")
        # an attempt before, so that there are enough for three pages
        stripe.decline(at=FIRST, amount=100, customer=payer)
        charges = [
            stripe.pay(at=FIRST + timedelta(hours=number), amount=100, customer=payer,
                       metadata={"subject_id": f"t{number}", "by": "dunning-bot"},
                       description="Where is my order?")
            for number in range(1, 6)
        ]  # fmt: skip
        stripe.dispute(charges[1], at=FIRST + timedelta(days=3))
        yield stripe


def _contradict(document: Any) -> None:
    """Let a charge come again with another amount."""
    newest = document["data"][0]
    document["data"].insert(0, {**newest, "amount_captured": newest["amount_captured"] + 100})


RIG = Rig(
    system="stripe",
    start=_start,
    settings={"observed_from": "2026-02-01T00:00:00Z", "subject_key": "subject_id",
              "actor_key": "by"},
    agent_id=lambda stripe: "dunning-bot",
    ids=lambda stripe: {f"t{number}": f"t{number}" for number in range(1, 6)},
    connection=lambda stripe: {"host": stripe.host, "password": SECRET},
    events="charges",
    path="/v1/charges",
    records=lambda document: document["data"],
    needed_field="amount_captured",
    contradict=_contradict,
    extra_terms={
        "outcomes": {
            "resolution": {
                "says": "A payment that the agent brought in and that stayed.",
                "subject": "recovery",
                "concluded_by": {"event": "recovered", "by": "ai_agent"},
                "clauses": {"stayed": STAYED},
            }
        }
    },
)  # fmt: skip
