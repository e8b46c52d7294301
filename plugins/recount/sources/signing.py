"""How we sign in to an API: a secret that each request carries, or a token that runs out."""

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from recount.errors import SourceError, TransientError
from recount.sources.api import Limits, client


@dataclass(frozen=True)
class Secret:
    """Headers with a secret that holds until somebody changes it."""

    _headers: Mapping[str, str] = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        """Return the headers that each request carries."""
        return self._headers

    def renew(self, used: Mapping[str, str]) -> bool:
        """Say that there is no other secret."""
        return False


def basic(user: str, secret: str) -> Secret:
    """Sign in with a name and a secret (RFC 7617)."""
    packed = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return Secret({"Authorization": f"Basic {packed}"})


def bearer(token: str) -> Secret:
    """Sign in with a token that does not run out (RFC 6750)."""
    return Secret({"Authorization": f"Bearer {token}"})


class _Granted(msgspec.Struct):
    access_token: str


@dataclass
class OAuthClient:
    """Signs in as a client of its own (RFC 6749, 4.4): an access token that is fetched anew.

    `name` and `token_url` go into sentences, the secret never does.
    """

    name: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    is_json: bool = False  # some servers take the grant as JSON alone
    _token: str = field(default="", init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def headers(self) -> Mapping[str, str]:
        """Return the headers of the token that is held; the first call fetches one."""
        with self._lock:
            if not self._token:
                self._token = self._granted()
            return self._carrying()

    def renew(self, used: Mapping[str, str]) -> bool:
        """Fetch another token, unless another stream has done so since `used` was carried."""
        with self._lock:
            if self._carrying() == used:
                self._token = self._granted()
            return True

    def _carrying(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _granted(self) -> str:
        asked = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        } | ({"scope": self.scope} if self.scope else {})
        try:
            with client(self.token_url, Limits()) as session:
                body: dict[str, Any] = {"json": asked} if self.is_json else {"data": asked}
                answer = session.post(self.token_url, **body)
        except httpx.TransportError as error:
            raise TransientError(
                f"{self.name}: {self.token_url} cannot be reached ({type(error).__name__}); "
                "check the host, or run again"
            ) from None
        if answer.status_code not in (200, 201):
            raise SourceError(
                f"{self.name}: {self.token_url} gives no access token ({answer.status_code}); "
                "check client id and secret in the connection"
            )
        try:
            return msgspec.json.decode(answer.content, type=_Granted).access_token
        except msgspec.MsgspecError:
            raise SourceError(
                f"{self.name}: {self.token_url} answers without an access token; "
                "check the host of the connection"
            ) from None
