"""Bulk API 2.0: a job works out a query, and gives its result as pages of CSV.

A job and its locators outlive a session, for seven days, so that an extraction that was cut off
goes on with them. What no job has yet, or has no more, is asked for again.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from recount.errors import SourceError, TransientError
from recount.sources.api import Answer, AnsweredError, Api
from recount.sources.extraction import Checkpoint
from recount.sources.salesforce.asking import ROOT, explained, records_of_csv
from recount.sources.salesforce.reading import Stretch, Table
from recount.sources.words import shown

PAGE = 10_000
_JOBS = f"{ROOT}/jobs/query"
_POLLS = 500
_LONGEST_PAUSE_SECONDS = 10.0


@dataclass(frozen=True)
class Result:
    """A page of a job's result; `checkpoint` is where the next one begins, None after the last."""

    answer: Answer
    rows: list[dict[str, Any]]
    checkpoint: Mapping[str, str] | None


@dataclass(frozen=True)
class Bulk:
    """The jobs of an org for one table; `what` names it in sentences."""

    api: Api
    table: Table
    what: str

    def begin(self, stretch: Stretch) -> tuple[Answer, Mapping[str, str]]:
        """Let a job begin, and return where it goes on."""
        soql = stretch.query(self.table, in_order=False)
        with explained(self.what):
            answer = self.api.post(_JOBS, {"operation": self.table.resource, "query": soql})
        job = answer.document.get("id") if isinstance(answer.document, dict) else None
        if not isinstance(job, str) or not job.isalnum():
            raise SourceError(f"{self.what}: a bulk job has the id {shown(job)}, which is none")
        return answer, {**stretch.checkpoint, "job": job, "count": "0"}

    def is_there(self, checkpoint: Checkpoint) -> bool:
        """Say whether the job of an earlier attempt still has its result."""
        try:
            self.api.get(f"{_JOBS}/{checkpoint['job']}")
        except AnsweredError as error:
            if error.status == 404:
                return False
            raise
        return True

    def results(self, checkpoint: Checkpoint) -> Iterator[Result]:
        """Yield the pages of a job from a checkpoint on; SourceError if not all of them come."""
        expected, at = self._done(checkpoint["job"]), dict(checkpoint)
        while True:
            at, result = self._page(at)
            received = int(at["count"])
            if result.checkpoint is None and received != expected:
                raise SourceError(
                    f"{self.what}: a bulk job found {expected:,} records and gave {received:,}; "
                    "run again, and report it if it stays so"
                )
            yield result
            if result.checkpoint is None:
                return

    def _page(self, at: Mapping[str, str]) -> tuple[dict[str, str], Result]:
        asked = {"maxRecords": str(PAGE)}
        asked |= {"locator": at["locator"]} if "locator" in at else {}
        with explained(self.what):
            answer = self.api.get_csv(f"{_JOBS}/{at['job']}/results", **asked)
        rows = records_of_csv(answer.data, self.table, self.what)
        if answer.headers.get("Sforce-NumberOfRecords") != str(len(rows)):
            raise TransientError(f"{self.what}: a page of a bulk job is not whole; run again")
        locator = answer.headers.get("Sforce-Locator", "null")
        if locator == at.get("locator"):
            raise SourceError(f"{self.what}: a bulk job goes on where it was; run again")
        then = {**at, "locator": locator, "count": str(int(at["count"]) + len(rows))}
        return then, Result(answer, rows, None if locator == "null" else then)

    def _done(self, job: str) -> int:
        """Wait until a job is done, and return how many records it found."""
        pause = min(0.5, self.api.limits.longest_wait_seconds)
        for _ in range(_POLLS):
            with explained(self.what):
                info = self.api.get(f"{_JOBS}/{job}").document
            said = info if isinstance(info, dict) else {}
            state, found_count = said.get("state"), said.get("numberRecordsProcessed")
            if state == "JobComplete" and isinstance(found_count, int):
                return found_count
            if state not in ("UploadComplete", "InProgress"):
                raise SourceError(
                    f"{self.what}: a bulk job is {shown(state)}; run again, or write a larger "
                    "bulk_from, which asks page by page"
                )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS, self.api.limits.longest_wait_seconds)
        raise TransientError(f"{self.what}: a bulk job is not done yet; run again later")
