"""A small Salesforce org, and how its feeds are read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recount.sources.extraction import Checkpoint, FeedPage
from recount.sources.salesforce.org import Org
from recount.sources.salesforce.signing_in import org_of
from recount.sources.terms import SourceTerms
from tests.emulators.salesforce import Salesforce
from tests.unit.sources.logs import bytes_of, terms_of

NOW = datetime(2026, 5, 10, tzinfo=UTC)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SINCE = "2026-02-01T00:00:00Z"


def salesforce(**settings: Any) -> SourceTerms:
    usual = {"connection": "acme", "observed_from": SINCE, "location": None}
    return terms_of(system="salesforce", **{**usual, **settings})


@contextmanager
def small_org() -> Iterator[Salesforce]:
    """An org with ten closed cases, whose pages are of four records."""
    with Salesforce(NOW, page_rows=4, result_rows=4, bulk_polls=1) as org:
        ann = org.add_user("Ann A", at=START - HOUR)
        for number in range(10):
            case = org.open_case(by=ann, at=START + number * HOUR)
            org.comment(case, by=ann, at=START + number * HOUR)
            org.close(case, by=ann, at=START + number * HOUR + HOUR / 2)
        yield org


def connected(
    emulator: Salesforce, monkeypatch: pytest.MonkeyPatch, **settings: Any
) -> Org:  # fmt: skip
    extra = {"requests_per_minute": 100_000, "longest_wait_seconds": 0.05, "attempts": 2}
    connection = {"conn_type": "http", "host": emulator.host, "login": "3MVG9.recount",
                  "password": "client-secret", "extra": extra}  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_ACME", json.dumps(connection))
    return org_of(salesforce(**settings))


def pages(org: Org, stream: str, after: Checkpoint | None = None) -> list[FeedPage]:
    return list(org.feeds()[stream](after))


def total(found: list[FeedPage]) -> int:
    last = found[-1].control_total
    assert last is not None
    return last.value


def ids(found: list[FeedPage]) -> list[str]:
    return [row["Id"] for each in found for row in json.loads(bytes_of(each.page))["records"]]
