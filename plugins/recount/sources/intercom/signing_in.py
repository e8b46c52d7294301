"""Signs in to the Intercom workspace that a contract names."""

import httpx

from recount.sources import apis, signing
from recount.sources.api import Api
from recount.sources.intercom.settings import IntercomSettings
from recount.sources.intercom.workspace import VERSION, Workspace
from recount.sources.terms import SourceTerms


def workspace_of(terms: SourceTerms) -> Workspace:
    """Sign in to the workspace of a contract; ContractError if its connection cannot be used."""
    connection = apis.connection_of(terms)
    url, limits = apis.base_url(terms, connection), apis.limits_of(terms, connection)
    token = signing.bearer(apis.credential(terms, connection, "password"))
    # the version changes what words mean, so it is never left to the workspace
    sign_in = signing.Secret({**token.headers(), "Intercom-Version": VERSION})
    # a third of what Intercom allows an app, as all apps of a workspace share another limit
    pace = apis.pace_of(terms, connection, requests=500, seconds=10)
    api = Api(terms.name, url, sign_in, pace, limits)
    return Workspace(httpx.URL(url).host, api, terms.typed(IntercomSettings))
