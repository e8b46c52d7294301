"""Signs in to the ServiceNow instance that a contract names."""

import httpx

from recount.connections import Connection
from recount.sources import apis, signing
from recount.sources.api import Api, SignIn
from recount.sources.servicenow.instance import Instance
from recount.sources.servicenow.settings import ServiceNowSettings
from recount.sources.terms import SourceTerms

# An instance has no limit unless its administrators set one, by the hour; this leaves room to work.
_PER_MINUTE = 240


def instance_of(terms: SourceTerms) -> Instance:
    """Sign in to the instance that a contract names; ContractError if its connection cannot be."""
    connection = apis.connection_of(terms)
    url, limits = apis.base_url(terms, connection), apis.limits_of(terms, connection)
    pace = apis.pace_of(terms, connection, requests=_PER_MINUTE, seconds=60)
    api = Api(terms.name, url, _sign_in(terms, connection, url), pace, limits)
    return Instance(httpx.URL(url).host, api, terms.typed(ServiceNowSettings))


def _sign_in(terms: SourceTerms, connection: Connection, url: str) -> SignIn:
    """Use an OAuth client where the connection says so in its extra, else name and password."""
    login = apis.credential(terms, connection, "login")
    secret = apis.credential(terms, connection, "password")
    if connection.extra.get("auth") == "oauth":
        return signing.OAuthClient(terms.name, f"{url}/oauth_token.do", login, secret)
    return signing.basic(login, secret)
