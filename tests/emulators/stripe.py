"""Stripe as its API answers a reader: payments and what became of them, invoices, credit notes.

Written from the vendor's published fixtures (stripe/openapi at f6c2a48f, MIT; they show every field
of an object), from its Python client 16.1.0, generated from the same OpenAPI document (which fields
may be null, which parameters a list takes, which states there are), and from prose, the reference
under docs.stripe.com/api and the pages that each module beside this one names.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from tests.emulators.server import Answer, Emulator, Handler, Request
from tests.emulators.stripe_access import Gate, broken, error, locked, no_such, too_many
from tests.emulators.stripe_billing import Billing
from tests.emulators.stripe_book import to_second
from tests.emulators.stripe_catalogue import Json, account_document, listed
from tests.emulators.stripe_invoices import CreditNote, Invoice
from tests.emulators.stripe_lists import (
    INDEXED,
    KEEPS_EVENTS_FOR,
    Refused,
    expand,
    kind_of,
    select,
    select_lines,
)
from tests.emulators.stripe_payments import Payments
from tests.emulators.stripe_versions import REFUNDS_LEFT, VERSION, in_version, is_version

KEY = "rk_live_51EmuReadsOnlyAndNothingElse"


class Stripe(Payments, Billing, Emulator):
    """The API of one account, in live mode.

    `permissions` are those of the restricted key (`rak_charge_read` ...); None is all of them.
    `account_version` answers requests without a `Stripe-Version`, and renders events.
    Limits are requests in `window_seconds` real seconds (really: 100 a second, 25 an endpoint).
    """

    def __init__(
        self,
        now: datetime,
        *,
        key: str = KEY,
        permissions: Collection[str] | None = None,
        account: str = "acct_1EmuRecountAcme00",
        account_version: str = VERSION,
        requests_per_window: int | None = None,
        endpoint_requests_per_window: int | None = None,
        window_seconds: float = 1.0,
        time_zone: str = "Etc/UTC",
        failed_refunds_count: bool = False,
    ) -> None:
        Emulator.__init__(self, now)
        Payments.__init__(self, account=account, account_version=account_version)
        self.gate = Gate(key=key, account=account, permissions=permissions,
                         everywhere=requests_per_window, seconds=window_seconds,
                         per_endpoint=endpoint_requests_per_window)  # fmt: skip
        self.time_zone, self.failed_refunds_count = time_zone, failed_refunds_count
        self._interruptions: list[Answer] = []
        self._hollow: dict[str, int] = {}
        self._answered = 0

    # what the server does beside answering

    def limit_requests(self, *, times: int = 1, reason: str = "global-rate") -> None:
        """Refuse the next requests for a limit."""
        self._interruptions += [too_many(reason) for _ in range(times)]

    def lock(self, *, times: int = 1) -> None:
        """Refuse the next requests because an object is in use."""
        self._interruptions += [locked() for _ in range(times)]

    def break_down(self, *, times: int = 1, should_retry: bool = True) -> None:
        """Answer the next requests with 500."""
        self._interruptions += [broken(should_retry=should_retry) for _ in range(times)]

    def send_hollow_page(self, resource: str, *, times: int = 1) -> None:
        """Send pages without objects that say there are more (stripe/stripe-ruby#507)."""
        self._hollow[resource] = times

    def expire_key(self) -> None:
        self.gate.is_expired = True

    # answers

    def answer(self, request: Request) -> Answer:
        version = request.headers.get("stripe-version", self.account_version)
        try:
            answer = self._answer(request, version)
        except Refused as refused:
            answer = refused.answer
        self._answered += 1
        answer.headers |= {"Request-Id": f"req_{self._answered:014}", "Stripe-Version": version}
        answer.content_type = "application/json"
        return answer

    def _answer(self, request: Request, version: str) -> Answer:
        _, api, resource, *rest = f"{request.path}//".split("/")
        rest = [part for part in rest if part]
        if refusal := self.gate.refuse(request):
            return refusal
        if not is_version(version):
            return error(400, f"Invalid Stripe API version: {version}")
        endpoint = f"{resource}/{'{id}' if rest else ''}/{'/'.join(rest[1:])}"
        if refusal := self.gate.throttle(endpoint) or self.gate.forbid(resource, request.method):
            return refusal
        if self._interruptions:
            return self._interruptions.pop(0)
        if api != "v1" or request.method != "GET" or len(rest) > 2:
            return self._unknown(request)
        document = self._document(request, resource, rest)
        wanted = [value for name, value in request.query.items() if name.startswith("expand[")]
        expand(document, wanted, self.find)
        if any(path.endswith("refunds") for path in wanted) or version < REFUNDS_LEFT:
            self._add_refunds(document)
        return Answer(in_version(document, version))

    def _document(self, request: Request, resource: str, rest: list[str]) -> Json:
        if resource == "account" and not rest:
            return self._account()
        shelf = self.shelves.get(resource)
        if shelf is None:
            raise Refused(self._unknown(request))
        if not rest:
            return self._list(request, resource)
        record = shelf.records.get(rest[0])
        has_aged_out = resource == "events" and record and (
            record.created < to_second(self.now) - KEEPS_EVENTS_FOR)  # fmt: skip
        if record is None or has_aged_out:
            raise Refused(no_such(kind_of(resource), rest[0]))
        if len(rest) == 1:
            document: Json = record.to_json()
            return document
        if rest[1] != "lines" or resource not in ("invoices", "credit_notes"):
            raise Refused(self._unknown(request))
        return self._lines(request, record)

    def _list(self, request: Request, resource: str) -> Json:
        """GET /v1/{charges,payment_intents,refunds,disputes,balance_transactions,events,invoices,
        credit_notes} (docs.stripe.com/api/charges/list and so on)."""
        shelf = self.shelves[resource]
        ids, has_more = select(resource, shelf, request.query, to_second(self.now))
        if self._hollow.get(resource):
            self._hollow[resource] -= 1
            ids, has_more = [], True
        return listed([shelf.records[id_].to_json() for id_ in ids], request.path,
                      has_more=has_more)  # fmt: skip

    def _lines(self, request: Request, record: Invoice | CreditNote) -> Json:
        """GET /v1/invoices/{id}/lines (api/invoice-line-item/retrieve) and
        /v1/credit_notes/{id}/lines (api/credit_notes/lines)."""
        lines, has_more = select_lines(record.lines, request.query)
        rows = [record.row_of(line) for line in lines]
        return listed(rows, request.path, has_more=has_more)

    def _account(self) -> Json:
        """GET /v1/account (api/accounts/retrieve)."""
        return account_document(self.account, country="US", currency="usd",
                                time_zone=self.time_zone)  # fmt: skip

    def _add_refunds(self, document: Json) -> None:
        """Add the last ten refunds to charges, which do not bring them unasked."""
        shelf = self.shelves["refunds"]
        for charge in [document, *document.get("data", [])]:
            if isinstance(charge, dict) and charge.get("object") == "charge":
                keys = shelf.keys(charge=charge["id"])[::-1]
                rows = [shelf.records[id_].to_json() for _, _, id_ in keys[:10]]
                url = f"/v1/charges/{charge['id']}/refunds"
                charge["refunds"] = listed(rows, url, has_more=len(keys) > 10)

    def _unknown(self, request: Request) -> Answer:
        return error(404, f"Unrecognized request URL ({request.method}: {request.path}). Please "
                     "see https://stripe.com/docs or we can help at "
                     "https://support.stripe.com/.")  # fmt: skip

    def _respond(self, handler: Handler, request: Request) -> None:
        super()._respond(handler, replace(request, query=_numbered(handler.path, request.query)))


def _numbered(path: str, query: Mapping[str, str]) -> dict[str, str]:
    """Keep all of `expand[]` and `types[]`, which are sent under one name, by numbering them."""
    repeated = [pair for pair in parse_qsl(urlsplit(path).query) if INDEXED.fullmatch(pair[0])]
    kept = {name: value for name, value in query.items() if not INDEXED.fullmatch(name)}
    for number, (name, value) in enumerate(repeated):
        kept[f"{name.partition('[')[0]}[{number}]"] = value
    return kept
