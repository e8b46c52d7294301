"""Signs in to the Salesforce org that a contract names.

The client credentials flow has no refresh token that rotates, and works at the org's own domain
alone (Help, "OAuth 2.0 Client Credentials Flow"). A token says no lifetime: it ends unused.
"""

import httpx

from recount.sources import apis, signing
from recount.sources.api import Api
from recount.sources.salesforce.org import Org
from recount.sources.salesforce.settings import SalesforceSettings
from recount.sources.terms import SourceTerms

# An org limits requests by the day and long ones by their number at once, and not by the minute.
_PER_MINUTE = 600


def org_of(terms: SourceTerms) -> Org:
    """Sign in to the org that a contract names; ContractError if its connection cannot be."""
    connection = apis.connection_of(terms)
    url, limits = apis.base_url(terms, connection), apis.limits_of(terms, connection)
    login = apis.credential(terms, connection, "login")
    secret = apis.credential(terms, connection, "password")
    sign_in = signing.OAuthClient(terms.name, f"{url}/services/oauth2/token", login, secret)
    pace = apis.pace_of(terms, connection, requests=_PER_MINUTE, seconds=60)
    api = Api(terms.name, url, sign_in, pace, limits)
    return Org(httpx.URL(url).host, api, terms.typed(SalesforceSettings))
