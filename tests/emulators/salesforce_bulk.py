"""Bulk API 2.0: query jobs and their results as CSV.

Written from the Bulk API 2.0 guide (developer.salesforce.com/docs/platform/api-asynch/guide:
query-create-job, query-get-one-job, query-get-job-results, queries; limits-cheatsheet,
platform-bulkapi), prose with printed answers. Results of a job that is not complete are 204 there
(older releases of the page: 412). Not documented, but what public clients show: datetimes are
spelt with `Z` here, absent values are empty, and order is not kept unless asked for.
"""

import base64
import binascii
import csv
import gzip
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.salesforce_login import failure
from tests.emulators.salesforce_records import Records, to_text
from tests.emulators.salesforce_schema import make_id
from tests.emulators.salesforce_search import Search
from tests.emulators.salesforce_soql import Query, SoqlError, parse
from tests.emulators.server import Answer, Request

LIFE = timedelta(days=7)
NO_JOB = ("NOT_FOUND", "The requested resource does not exist")


@dataclass
class Job:
    id: str
    search: Search
    operation: str
    made: datetime
    polls_left: int
    lines: list[list[str]] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return self.polls_left < 0

    def told(self, user: str) -> dict[str, Any]:
        """Return what the API says of the job."""
        state = "JobComplete" if self.is_complete else "InProgress"
        return {
            "id": self.id, "operation": self.operation, "object": self.search.table.schema.name,
            "createdById": user, "createdDate": to_text(self.made),
            "systemModstamp": to_text(self.made), "state": state, "concurrencyMode": "Parallel",
            "contentType": "CSV", "apiVersion": float(self.search.version), "lineEnding": "LF",
            "columnDelimiter": "COMMA",
        }  # fmt: skip


class BulkJobs:
    """The jobs of an org. A job is done after it was asked for `polls` times."""

    def __init__(self, records: Records, *, polls: int, result_rows: int) -> None:
        self.records, self.polls, self.result_rows = records, polls, result_rows
        self.jobs: dict[str, Job] = {}

    def create(self, request: Request, version: int, user: str, now: datetime) -> Answer:
        """Answer `POST /jobs/query`."""
        asked = request.json
        operation = asked.get("operation")
        if operation not in ("query", "queryAll"):
            return failure(400, "INVALIDOPERATION", f"operation {operation} is not supported")
        query = parse(asked.get("query", ""))
        refuse_unsupported(query)
        search = Search(self.records, query, version=version)
        id_ = make_id("750", len(self.jobs) + 1)
        job = self.jobs[id_] = Job(id_, search, operation, now, self.polls)
        return Answer(job.told(user) | {"state": "UploadComplete"})

    def info(self, id_: str, user: str, now: datetime) -> Answer:
        """Answer `GET /jobs/query/{id}`."""
        job = self._living(id_, now)
        if job is None:
            return failure(404, *NO_JOB)
        job.polls_left -= 0 if job.is_complete else 1
        if not job.is_complete:
            return Answer(job.told(user) | {"jobType": "V2Query", "retries": 0})
        if not job.lines:
            self._run(job, now)
        done = {"numberRecordsProcessed": len(job.lines) - 1, "retries": 0, "jobType": "V2Query"}
        return Answer(job.told(user) | done | {"totalProcessingTime": 100})

    def results(self, id_: str, request: Request, version: int, now: datetime) -> Answer:
        """Answer `GET /jobs/query/{id}/results?locator=&maxRecords=`."""
        job = self._living(id_, now)
        if job is None:
            return failure(404, *NO_JOB)
        if job.search.version != version:
            return failure(409, "API_ERROR", "The version must be that of the job's creation")
        if not job.is_complete:
            return Answer(status=204, body=b"", content_type="text/csv")
        try:
            start = int(base64.b64decode(request.query.get("locator", "") + "==") or 0)
        except (ValueError, binascii.Error):
            return failure(400, "API_ERROR", "Invalid locator")
        most = int(request.query.get("maxRecords") or self.result_rows)
        lines = job.lines[1 + start : 1 + start + min(most, self.result_rows)]
        end = start + len(lines)
        locator = base64.b64encode(str(end).encode()).decode().rstrip("=")
        headers = {"Sforce-NumberOfRecords": str(len(lines))}
        headers["Sforce-Locator"] = locator if end < len(job.lines) - 1 else "null"
        body = to_csv([job.lines[0], *lines])
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"], body = "gzip", gzip.compress(body, 1)
        return Answer(headers=headers, body=body, content_type="text/csv")

    def _living(self, id_: str, now: datetime) -> Job | None:
        job = self.jobs.get(id_)
        return job if job and now - job.made <= LIFE else None

    def _run(self, job: Job, now: datetime) -> None:
        search = job.search
        ids = search.ids(everything=job.operation == "queryAll", now=now)
        if not search.order:
            ids.sort(key=lambda id_: id_[::-1])
        job.lines.append([path.text for path in search.paths])
        rows = search.table.rows
        for id_ in ids:
            cells = [path.of(rows[id_], self.records) for path in search.paths]
            job.lines.append([to_cell(value) for value in cells])


def refuse_unsupported(query: Query) -> None:
    if query.counts or query.aggregates:
        raise SoqlError("API_ERROR", "Aggregate Relationship not supported in Bulk Query")
    if query.offset:
        raise SoqlError("API_ERROR", "OFFSET clause is not supported in Bulk Query")


def to_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace(".000+0000", ".000Z") if isinstance(value, str) else str(value)


def to_csv(lines: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()
