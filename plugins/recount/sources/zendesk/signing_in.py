"""Signs in to the Zendesk account that a contract names."""

import httpx

from recount.connections import Connection
from recount.sources import apis, signing
from recount.sources.api import Api, SignIn
from recount.sources.terms import SourceTerms
from recount.sources.zendesk.account import Account
from recount.sources.zendesk.settings import ZendeskSettings

# exports, exports of users, everything else; the smallest that any plan allows
_PER_MINUTE = (10, 20, 200)


def account_of(terms: SourceTerms) -> Account:
    """Sign in to the account that a contract names; ContractError if its connection cannot be."""
    connection = apis.connection_of(terms)
    url, limits = apis.base_url(terms, connection), apis.limits_of(terms, connection)
    sign_in = _sign_in(terms, connection, url)

    def api(requests: int) -> Api:
        pace = apis.pace_of(terms, connection, requests=requests, seconds=60)
        return Api(terms.name, url, sign_in, pace, limits)

    since = terms.typed(ZendeskSettings).observed_from
    return Account(httpx.URL(url).host, since, *map(api, _PER_MINUTE))


def _sign_in(terms: SourceTerms, connection: Connection, url: str) -> SignIn:
    """Use an OAuth client, or an API token where the connection's extra says `api_token`."""
    login = apis.credential(terms, connection, "login")
    secret = apis.credential(terms, connection, "password")
    auth = connection.extra.get("auth", "oauth")
    if auth == "api_token":
        return signing.basic(f"{login}/token", secret)
    if auth != "oauth":
        raise apis.wrong(terms, "auth in its extra", "oauth (the default) or api_token")
    return signing.OAuthClient(
        terms.name, f"{url}/oauth/tokens", login, secret, "read", is_json=True
    )
