"""Signs in to the HubSpot account that a contract names, with the token of a private app.

Source: developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines: the limits, and the
`policyName` of a 429 that says which of them it was.
"""

import httpx
import msgspec

from recount.sources import apis, signing
from recount.sources.api import SPENT, Api, retry_after
from recount.sources.hubspot.account import Account
from recount.sources.hubspot.settings import HubSpotSettings
from recount.sources.terms import SourceTerms

# The smallest subscription allows 100 in ten seconds; search allows four to five in a second.
_PER_TEN_SECONDS, _SEARCHES_PER_SECOND = 100, 4
_PAUSES = {"DAILY": SPENT, "TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}


class _Limited(msgspec.Struct, rename="camel"):
    policy_name: str


def account_of(terms: SourceTerms) -> Account:
    """Sign in to the account that a contract names; ContractError if its connection cannot be."""
    connection = apis.connection_of(terms)
    url, limits = apis.base_url(terms, connection), apis.limits_of(terms, connection)
    pace = apis.pace_of(terms, connection, requests=_PER_TEN_SECONDS, seconds=10)
    searches = apis.pace_of(
        terms, connection, requests=_SEARCHES_PER_SECOND, seconds=1, key="searches_per_minute"
    )
    sign_in = signing.bearer(apis.credential(terms, connection, "password"))
    api = Api(terms.name, url, sign_in, pace, limits, pause_of)
    return Account(httpx.URL(url).host, api, searches, terms.typed(HubSpotSettings))


def pause_of(response: httpx.Response) -> float | None:
    """Return how long an answer asks us to wait: HubSpot mostly names the limit, and no time."""
    said = retry_after(response)
    if said is not None:
        return said
    try:
        policy = msgspec.json.decode(response.content, type=_Limited).policy_name
    except msgspec.MsgspecError:
        return None
    return _PAUSES.get(policy)
