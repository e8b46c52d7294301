"""Two readers of an org for the tests of the emulator: a plain one and a well-kept client library.

simple-salesforce (Apache-2.0) speaks https to hosts of the vendor; its session is led to loopback.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce as Client
from simple_salesforce.login import SalesforceLogin

from tests.emulators.salesforce import Salesforce

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
CLIENT = ("3MVG9.recount", "client-secret")
DATA = "/services/data/v68.0"


def at(minutes: float) -> datetime:
    """Return an instant of the stories, which are told in minutes from their start."""
    return START + timedelta(minutes=minutes)


def text(minutes: float) -> str:
    """Return an instant as the REST API spells it."""
    return at(minutes).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class ToLoopback(HTTPAdapter):
    """Sends what is meant for the vendor's hosts to an emulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(
        self, request: requests.PreparedRequest, *places: Any, **options: Any
    ) -> requests.Response:
        parts = urlsplit(request.url or "")
        asked = f"?{parts.query}" if parts.query else ""
        request.url = f"{self.url}{parts.path}{asked}"
        return super().send(request, *places, **options)


def client_of(org: Salesforce, *, secret: str = CLIENT[1], version: str = "68.0") -> Any:
    """Log in as the library does; the client has an attribute for each object that is asked for."""
    session = requests.Session()
    session.mount("https://", ToLoopback(org.url))
    token, host = SalesforceLogin(
        session=session, domain="acme.my", consumer_key=CLIENT[0], consumer_secret=secret
    )
    return Client(session_id=token, instance=host, session=session, version=version)


class Reader:
    """Asks as a plain client does, with a token of its own."""

    def __init__(self, org: Salesforce) -> None:
        self.org = org
        self.client = httpx.Client(base_url=org.url)
        self.login()

    def login(self, **form: str) -> httpx.Response:
        asked = {"grant_type": "client_credentials", "client_id": CLIENT[0]}
        asked |= {"client_secret": CLIENT[1]} | form
        answer = self.client.post("/services/oauth2/token", data=asked)
        if answer.status_code == 200:
            self.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(path, params=query or None)

    def query(self, soql: str, *, everything: bool = False) -> httpx.Response:
        return self.get(f"{DATA}/{'queryAll' if everything else 'query'}", q=soql)

    def pages(self, soql: str, *, everything: bool = False) -> Iterator[Any]:
        page = self.query(soql, everything=everything).raise_for_status().json()
        yield page
        while not page["done"]:
            page = self.get(page["nextRecordsUrl"]).raise_for_status().json()
            yield page

    def rows(self, soql: str, *, everything: bool = False) -> list[Any]:
        return [row for page in self.pages(soql, everything=everything) for row in page["records"]]

    def column(self, soql: str, *, everything: bool = False) -> list[Any]:
        """Return the first field asked for."""
        return [list(row.values())[1] for row in self.rows(soql, everything=everything)]

    def refusal(self, soql: str) -> tuple[int, str]:
        answer = self.query(soql)
        return answer.status_code, answer.json()[0]["errorCode"]


def org_of(**settings: Any) -> Salesforce:
    """Return an org whose clock stands a day after the stories began."""
    return Salesforce(settings.pop("now", at(1440)), **settings)


def agent_of(org: Salesforce) -> str:
    return org.add_user("Bob Agent", at=at(-60))


def cases_of(org: Salesforce, count: int) -> list[str]:
    """Open cases a minute apart."""
    by = agent_of(org)
    return [org.open_case(by=by, at=at(minute)) for minute in range(count)]
