"""Signs in to the Jira site that a contract names."""

import re

import httpx

from recount.connections import Connection
from recount.sources import apis, signing
from recount.sources.api import Api, SignIn
from recount.sources.jira.settings import JiraSettings
from recount.sources.jira.site import Site
from recount.sources.terms import SourceTerms

# No published number for API tokens; bursts of 350 were seen. Ten a second bother nobody.
_PER_SECOND = 10
_CLOUD_ID = re.compile(r"[0-9A-Za-z-]+", re.ASCII)


def site_of(terms: SourceTerms) -> Site:
    """Sign in to the site that a contract names; ContractError if its connection cannot be."""
    connection = apis.connection_of(terms)
    url, limits = apis.base_url(terms, connection), apis.limits_of(terms, connection)
    pace = apis.pace_of(terms, connection, requests=_PER_SECOND, seconds=1)
    api = Api(terms.name, url, _sign_in(terms, connection, url), pace, limits)
    place = _place(terms, connection)
    return Site(f"{httpx.URL(url).host}{place}", place, api, terms.typed(JiraSettings))


def _place(terms: SourceTerms, connection: Connection) -> str:
    """Return where the gateway of all sites has this one; nothing on the site's own host."""
    cloud_id = str(connection.extra.get("cloud_id") or "")
    if cloud_id and not _CLOUD_ID.fullmatch(cloud_id):
        raise apis.wrong(terms, "cloud_id in its extra", "as /_edge/tenant_info of the site says")
    return f"/ex/jira/{cloud_id}" if cloud_id else ""


def _sign_in(terms: SourceTerms, connection: Connection, url: str) -> SignIn:
    """Use an API token, or an OAuth client where the connection's extra says `oauth`."""
    login = apis.credential(terms, connection, "login")
    secret = apis.credential(terms, connection, "password")
    auth = connection.extra.get("auth", "api_token")
    if auth == "api_token":
        return signing.basic(login, secret)
    if auth != "oauth":
        raise apis.wrong(terms, "auth in its extra", "api_token (the default) or oauth")
    if not _place(terms, connection):
        raise apis.wrong(terms, "cloud_id in its extra", "as tokens of OAuth are for the gateway")
    token_url = url.replace("//api.", "//auth.", 1) + "/oauth/token"
    return signing.OAuthClient(terms.name, token_url, login, secret, is_json=True)
