"""Who may ask Stripe, for what and how often: keys, permissions, limits, and the errors it tells.

Written from prose: docs.stripe.com/api/{authentication,errors}, /keys, /rate-limits and
/error-low-level. Messages as quoted in issues: gadelkareem/skeleton#20 and stripe/stripe-node#361
(401), stripe-node#2246 and stripe/sync-engine#257 (403), codecombat/codecombat#2588 and
exercism/website#2518 (429), beam-community/stripity-stripe#606 (version). Names of permissions:
docs.stripe.com/stripe-apps/reference/permissions with `rak_` before them.
"""

import base64
import binascii
import time
from collections import defaultdict
from collections.abc import Collection

from tests.emulators.server import Answer, Request

PERMISSIONS = {
    "charges": "charge", "refunds": "charge", "payment_intents": "payment_intent",
    "disputes": "dispute", "balance_transactions": "balance_transaction_source",
    "events": "event", "invoices": "invoice", "credit_notes": "credit_note",
    "customers": "customer", "products": "product", "prices": "plan",
    "account": "accounts_kyc_basic",
}  # fmt: skip
HELP = (
    "See https://stripe.com/docs/api#authentication for details, "
    "or we can help at https://support.stripe.com/."
)
NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, "
    f"using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). {HELP}"
)
LOCKED = (
    "This object cannot be accessed right now because another API request or Stripe process is "
    "currently accessing it. If you see this error intermittently, retry the request. If you see "
    "this error frequently and are making multiple concurrent requests to a single object, make "
    "your requests serially or at a lower rate. For more details, see "
    "https://stripe.com/docs/rate-limits#object-lock-timeouts."
)


def error(
    status: int,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    type_: str = "invalid_request_error",
    headers: dict[str, str] | None = None,
) -> Answer:
    """Return an error as the vendor writes it (api/errors)."""
    told: dict[str, object] = {"message": message, "type": type_}
    if code:
        told |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{_dashed(code)}"}
    if param:
        told["param"] = param
    return Answer({"error": told}, status, headers or {})


def too_many(reason: str) -> Answer:
    """Refuse for a limit; there is no Retry-After (docs.stripe.com/rate-limits)."""
    return error(429, "Request rate limit exceeded. Learn more about rate limits here "
                 "https://stripe.com/docs/rate-limits.", code="rate_limit",
                 headers={"Stripe-Rate-Limited-Reason": reason})  # fmt: skip


def locked() -> Answer:
    """Refuse because an object is in use, and advise to try again."""
    return error(429, LOCKED, code="lock_timeout", headers={"Stripe-Should-Retry": "true"})


def broken(*, should_retry: bool) -> Answer:
    """Fail, and say whether trying again can help."""
    advice = {"Stripe-Should-Retry": "true" if should_retry else "false"}
    return error(500, "An unknown error occurred.", type_="api_error", headers=advice)


def no_such(kind: str, id_: str, *, param: str = "id", status: int = 404) -> Answer:
    return error(status, f"No such {kind}: '{id_}'", code="resource_missing", param=param)


class Window:
    """So many requests in each window of real seconds; None is no limit."""

    def __init__(self, total: int | None, seconds: float) -> None:
        self.total, self.seconds = total, seconds
        self._used, self._ends = 0, 0.0

    def take(self) -> bool:
        """Count a request; False when the window had no room for it."""
        now = time.monotonic()
        if now >= self._ends:
            self._used, self._ends = 0, now + self.seconds
        self._used += 1
        return self.total is None or self._used <= self.total


class Gate:
    """Lets callers in; `permissions` None is an unrestricted key."""

    def __init__(
        self,
        *,
        key: str,
        account: str,
        permissions: Collection[str] | None,
        everywhere: int | None,
        per_endpoint: int | None,
        seconds: float,
    ) -> None:
        self.key, self.account, self.permissions = key, account, permissions
        self.is_expired = False
        self._everywhere = Window(everywhere, seconds)
        self._endpoints: dict[str, Window] = defaultdict(lambda: Window(per_endpoint, seconds))

    def refuse(self, request: Request) -> Answer | None:
        """Return the refusal of a caller without a good key, or None."""
        said = _key(request.headers.get("authorization", ""))
        challenge = {"WWW-Authenticate": 'Bearer realm="Stripe"'}
        if not said:
            return error(401, NO_KEY, headers=challenge)
        if said != self.key:
            return error(401, f"Invalid API Key provided: {mask(said)}", headers=challenge)
        if self.is_expired:
            return error(401, f"Expired API Key provided: {mask(said)}", code="api_key_expired",
                         headers=challenge)  # fmt: skip
        return None

    def throttle(self, endpoint: str) -> Answer | None:
        """Count a request; return the refusal of one too many."""
        if not self._everywhere.take():
            return too_many("global-rate")
        return None if self._endpoints[endpoint].take() else too_many("endpoint-rate")

    def forbid(self, resource: str, method: str) -> Answer | None:
        """Return the refusal of a restricted key, which names the permission that is missing."""
        verb = "read" if method == "GET" else "write"
        name = f"rak_{PERMISSIONS.get(resource, resource)}_{verb}"
        if self.permissions is None or name in self.permissions:
            return None
        return error(
            403, f"The provided key '{mask(self.key)}' does not have the required permissions for "
            f"this endpoint on account '{self.account}'. Having the '{name}' permission would "
            "allow this request to continue.")  # fmt: skip


def mask(key: str) -> str:
    """Return a key as errors show it: its kind and its last letters."""
    return f"{key[:8]}{'*' * max(0, len(key) - 14)}{key[-6:]}"


def _key(authorization: str) -> str:
    """Read a bearer key, or one that is the user of basic authentication."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "basic":
        return secret.strip() if scheme.lower() == "bearer" else ""
    try:
        return base64.b64decode(secret, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _dashed(code: str) -> str:
    return code.replace("_", "-")
