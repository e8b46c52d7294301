"""Signs in to the Freshdesk account that a contract names."""

from dataclasses import replace

import httpx

from recount.connections import Connection
from recount.sources import apis, signing
from recount.sources.api import Api
from recount.sources.freshdesk.account import Account
from recount.sources.freshdesk.settings import FreshdeskSettings
from recount.sources.freshdesk.storage import Storage
from recount.sources.terms import SourceTerms

# Lists of tickets and everything else in a minute, a little below what each plan allows; a list
# with `include` costs three of the account's calls (developers.freshdesk.com/api, Rate Limit).
_PER_MINUTE = {"growth": (20, 130), "pro": (60, 200), "enterprise": (100, 380)}
# A limit is per minute: without a word of when, the pauses must add up to more than that.
_ATTEMPTS = 9
# Where the files of the export lie, unless the connection's extra says otherwise.
_STORAGE = "amazonaws.com"


def account_of(terms: SourceTerms) -> Account:
    """Sign in to the account that a contract names; ContractError if its connection cannot be."""
    connection = apis.connection_of(terms)
    url, limits = apis.base_url(terms, connection), apis.limits_of(terms, connection)
    if "attempts" not in connection.extra:
        limits = replace(limits, attempts=_ATTEMPTS)
    # the key is the user of Basic authentication, and the password is never looked at
    sign_in = signing.basic(apis.credential(terms, connection, "password"), "X")

    def api(requests: int) -> Api:
        pace = apis.pace_of(terms, connection, requests=requests, seconds=60)
        return Api(terms.name, url, sign_in, pace, limits)

    lists, others = map(api, _per_minute(terms, connection))
    hosts = str(connection.extra.get("export_host") or _STORAGE)
    storage = Storage(terms.name, hosts, limits)
    return Account(httpx.URL(url).host, terms.typed(FreshdeskSettings), lists, others, storage)


def _per_minute(terms: SourceTerms, connection: Connection) -> tuple[int, int]:
    plan = str(connection.extra.get("plan", "growth"))
    if plan not in _PER_MINUTE:
        raise apis.wrong(terms, "plan in its extra", f"one of {', '.join(_PER_MINUTE)}")
    return _PER_MINUTE[plan]
