"""An Intercom workspace with Fin, as its REST API shows it.

Written from the vendor's published schema, `descriptions/2.16/api.intercom.io.yaml` of
intercom/Intercom-OpenAPI at 8889625a (OpenAPI 3, MIT), and where it is silent from prose:
the reference's pages on errors and rate limiting (developers.intercom.com, 2.17), the changelog of
2.14, the help centre's articles on Fin's outcomes (8205718, 13513868) and on deletion (13885146).
Where these are silent too and it matters, a constructor parameter lets a test try both.
"""

import re
from collections.abc import Callable
from datetime import datetime
from json import JSONDecodeError
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.emulators.intercom_documents import Documents
from tests.emulators.intercom_fin import FinStories
from tests.emulators.intercom_limits import Limiter, Refused
from tests.emulators.intercom_lists import Lists
from tests.emulators.intercom_model import Conversation
from tests.emulators.intercom_paging import Search
from tests.emulators.intercom_reporting import Export, Job, datasets
from tests.emulators.intercom_search import SearchIndex
from tests.emulators.intercom_statistics import seconds
from tests.emulators.intercom_stories import ConversationStories
from tests.emulators.server import Answer, Emulator, Request

VERSIONS = [f"1.{minor}" for minor in range(5)] + [f"2.{minor}" for minor in range(17)]
# the schema names `read_conversations`, the reference `export_reporting_data`; the rest we named
SCOPES = frozenset(
    {"read_conversations", "read_admins", "read_tags", "read_contacts", "export_reporting_data"}
)


class Intercom(ConversationStories, FinStories, Lists, Emulator):
    """The API of one workspace; the stories of `ConversationStories` and `FinStories` change it.

    `rate_limit` is requests per seconds of real time. `search_delay` is how many seconds of the
    server's clock the search lags behind. `default_order` is the order of a search without `sort`.
    `are_bounds_inclusive`: does `>` find an equal instant too? `counts_all_parts`: does the
    `total_count` of parts count those beyond the ceiling? `packing` is csv, gzip or tgz.
    """

    def __init__(
        self,
        now: datetime,
        *,
        token: str = "intercom-token",
        scopes: frozenset[str] = SCOPES,
        app_version: str = "2.16",
        rate_limit: tuple[int, float] = (1667, 10.0),
        max_per_page: int = 150,
        search_delay: float = 0,
        default_order: str = "descending",
        are_bounds_inclusive: bool = True,
        counts_all_parts: bool = True,
        packing: str = "csv",
        polls_until_complete: int = 1,
        zone: str = "America/Los_Angeles",
    ) -> None:
        ConversationStories.__init__(self)
        Emulator.__init__(self, now)
        self._token = token
        self._scopes = scopes
        self._app_version = app_version
        self._limiter = Limiter(*rate_limit)
        self._counts_all_parts = counts_all_parts
        self._zone = zone
        self._index = SearchIndex(delay=search_delay)
        self.when_changed = self._index_change
        self._searches = Search(
            self._index,
            self.conversations,
            max_per_page=max_per_page,
            default_order=default_order,
            are_bounds_inclusive=are_bounds_inclusive,
        )
        self._export = Export(
            self,
            ZoneInfo(zone),
            packing=packing,
            polls_until_complete=polls_until_complete,
        )

    def answer(self, request: Request) -> Answer:
        """Let in, limit, and route; only those let in are told of limits (2.17, rate limiting)."""
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return self._refusal(Refused("unauthorized", "Access Token Invalid", 401))
        try:
            self._limiter.count()
            answer = self._routed(request)
        except Refused as refused:
            answer = self._refusal(refused)
        except JSONDecodeError:
            answer = self._refusal(Refused("parameter_invalid", "The body is not valid JSON"))
        answer.headers.update(self._limiter.headers(self.now))
        return answer

    def _routed(self, request: Request) -> Answer:
        version = request.headers.get("intercom-version", self._app_version)
        if version not in VERSIONS:
            raise Refused("intercom_version_invalid", "The requested version could not be found")
        for route, scope, respond in self._routes():
            found = re.fullmatch(route, f"{request.method} {request.path}")
            if found and scope and scope not in self._scopes:
                raise Refused("token_unauthorized", "Not authorized to access resource", 403)
            if found:
                is_plain = request.query.get("display_as") == "plaintext"
                number = tuple(map(int, version.split(".")))
                self._documents = Documents(self, version=number, is_plain=is_plain)
                said = respond(request, *found.groups())
                return said if isinstance(said, Answer) else Answer(said)
        raise Refused("not_found", "Resource Not Found", 404)

    def _refusal(self, refused: Refused) -> Answer:
        """Build the component `error` of the schema, an `error.list`."""
        request_id = str(UUID(int=len(self.requests)))
        errors = [{"code": refused.code, "message": str(refused)}]
        document = {"type": "error.list", "request_id": request_id, "errors": errors}
        return Answer(document, refused.status)

    def _routes(self) -> list[tuple[str, str | None, Callable[..., Answer | dict[str, Any]]]]:
        return [
            ("GET /me", None, self._me),
            ("GET /admins", "read_admins", self._list_admins),
            ("GET /teams", "read_admins", self._list_teams),
            ("GET /tags", "read_tags", self._list_tags),
            ("POST /conversations/search", "read_conversations", self._search),
            ("GET /conversations/deleted", "read_conversations", self._list_deleted),
            ("GET /conversations/([^/]+)", "read_conversations", self._retrieve),
            ("GET /contacts/([^/]+)/merge_history", "read_contacts", self._merge_history),
            (
                "GET /export/reporting_data/get_datasets",
                "export_reporting_data",
                self._list_datasets,
            ),
            ("POST /export/reporting_data/enqueue", "export_reporting_data", self._enqueue),
            ("GET /export/reporting_data/([^/]+)", "export_reporting_data", self._job_status),
            ("GET /download/reporting_data/([^/]+)", "export_reporting_data", self._download),
        ]

    def _search(self, request: Request) -> dict[str, Any]:
        """`POST /conversations/search` of the schema (`searchConversations`)."""
        found = self._index.catch_up(self.now)
        return self._searches.page(request.json, found, self._documents)

    def _retrieve(self, request: Request, conversation: str) -> dict[str, Any]:
        """`GET /conversations/{conversation_id}` of the schema (`retrieveConversation`)."""
        it = self.conversations.get(conversation)
        if it is None:
            raise Refused("not_found", "Resource Not Found", 404)
        return self._documents.conversation(it, counts_all_parts=self._counts_all_parts)

    def _index_change(self, it: Conversation, at: datetime) -> None:
        self._index.put(it, at, is_deleted=it.id not in self.conversations)

    def _list_datasets(self, request: Request) -> dict[str, Any]:
        """`GET /export/reporting_data/get_datasets` of the schema."""
        return datasets()

    def _enqueue(self, request: Request) -> dict[str, Any]:
        """`POST /export/reporting_data/enqueue`; before 2.16 only what a user replied to."""
        is_about_all = self._documents.version >= (2, 16)
        return self._job(self._export.enqueue(request.json, is_about_all=is_about_all))

    def _job_status(self, request: Request, job_id: str) -> dict[str, Any]:
        """`GET /export/reporting_data/{job_identifier}` of the schema."""
        return self._job(self._export.polled(job_id, self.now))

    def _download(self, request: Request, job_id: str) -> Answer:
        """`GET /download/reporting_data/{job_identifier}`; it wants its own Accept header."""
        if request.headers.get("accept") != "application/octet-stream":
            raise Refused("not_acceptable", "Accept must be application/octet-stream", 406)
        content = self._export.content(job_id, self.now)
        return Answer(body=content, content_type="application/octet-stream")

    def _job(self, job: Job) -> dict[str, Any]:
        is_complete = job.content is not None
        return {
            "job_identifier": job.id,
            "status": "complete" if is_complete else "pending",
            "download_url": f"{self.url}/download/reporting_data/{job.id}" if is_complete else "",
            "download_expires_at": str(seconds(job.expires_at) or ""),
        }
