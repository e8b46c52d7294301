"""Does the emulator let callers in, and refuse them, as Stripe does?"""

import base64
from collections.abc import Iterator

import pytest
import stripe as vendor

from tests.emulators.stripe import KEY, Stripe
from tests.emulators.stripe_billing import Item
from tests.emulators.stripe_reading import Reader, at, client_of
from tests.emulators.stripe_versions import VERSION, is_version


@pytest.fixture
def stripe() -> Iterator[Stripe]:
    with Stripe(at(40)) as emulator:
        yield emulator


def test_without_a_key_the_answer_is_401_and_says_how(stripe: Stripe) -> None:
    response = Reader(stripe, Authorization="").get("charges")
    assert (response.status_code, response.json()["error"]["type"]) == (
        401,
        "invalid_request_error",
    )
    assert "You did not provide an API key." in response.json()["error"]["message"]
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Stripe"'


def test_an_unknown_key_is_told_with_its_middle_hidden(stripe: Stripe) -> None:
    with pytest.raises(vendor.AuthenticationError, match=r"rk_live_\*+etters") as caught:
        client_of(stripe, "rk_live_51SecretMiddleAndLetters").v1.charges.list()
    assert "Secret" not in str(caught.value.user_message)


def test_an_expired_key_has_its_own_code(stripe: Stripe) -> None:
    stripe.expire_key()
    status, error = Reader(stripe).error("charges")
    assert (status, error["code"]) == (401, "api_key_expired")


def test_a_key_may_be_the_user_of_basic_authentication(stripe: Stripe) -> None:
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    assert Reader(stripe, Authorization=f"Basic {basic}").get("charges").status_code == 200


def test_a_restricted_key_is_told_which_permission_is_missing() -> None:
    with Stripe(at(1), permissions={"rak_charge_read"}) as stripe:
        client = client_of(stripe).v1
        assert client.refunds.list().data == client.charges.list().data == []
        with pytest.raises(vendor.PermissionError, match="'rak_dispute_read'") as caught:
            client.disputes.list()
        assert (caught.value.http_status, caught.value.error.type) == (403, "invalid_request_error")


def test_prices_are_plans_to_a_restricted_key() -> None:
    with Stripe(at(1), permissions=()) as stripe:
        assert "'rak_plan_read'" in Reader(stripe).error("prices/price_1")[1]["message"]
        assert "'rak_accounts_kyc_basic_read'" in Reader(stripe).error("account")[1]["message"]


def test_a_key_that_only_reads_cannot_write() -> None:
    refused = pytest.raises(vendor.PermissionError, match="rak_charge_write")
    with Stripe(at(1), permissions={"rak_charge_read"}) as stripe, refused:
        client_of(stripe).v1.refunds.create({"charge": "ch_1"})


def test_too_many_requests_are_refused_with_the_reason_and_no_time_to_wait() -> None:
    with Stripe(at(1), requests_per_window=2, window_seconds=60) as stripe:
        answers = [Reader(stripe).get("charges") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    assert answers[2].json()["error"]["code"] == "rate_limit"
    assert "Retry-After" not in answers[2].headers


def test_each_endpoint_has_a_limit_of_its_own() -> None:
    with Stripe(at(1), endpoint_requests_per_window=1, window_seconds=60) as stripe:
        reader = Reader(stripe)
        statuses = [reader.get(path).status_code for path in ("charges", "refunds", "charges")]
        assert statuses == [200, 200, 429]
        last = reader.get("charges")
    assert last.headers["Stripe-Rate-Limited-Reason"] == "endpoint-rate"


def test_a_limit_ends_with_its_window() -> None:
    with Stripe(at(1), requests_per_window=1, window_seconds=0.05) as stripe:
        reader = Reader(stripe)
        statuses = [reader.get("charges").status_code for _ in range(400)]
    assert statuses[:2] == [200, 429]
    assert statuses.count(200) > 1


def test_the_vendors_client_does_not_retry_a_limit(stripe: Stripe) -> None:
    stripe.limit_requests(reason="endpoint-concurrency")
    with pytest.raises(vendor.RateLimitError):
        client_of(stripe, max_network_retries=2).v1.charges.list()
    assert len(stripe.requests) == 1


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the vendor's client wait no time between two tries."""
    monkeypatch.setattr(vendor.HTTPClient, "INITIAL_DELAY", 0)
    monkeypatch.setattr(vendor.HTTPClient, "MAX_DELAY", 0)


@pytest.mark.usefixtures("impatient")
def test_a_lock_advises_to_try_again_and_the_client_does(stripe: Stripe) -> None:
    stripe.lock(times=2)
    assert client_of(stripe, max_network_retries=2).v1.charges.list().data == []
    assert len(stripe.requests) == 3


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("should_retry", "tries"), [(True, 3), (False, 1)])
def test_a_breakdown_says_whether_another_try_can_help(
    stripe: Stripe, should_retry: bool, tries: int
) -> None:
    stripe.break_down(times=5, should_retry=should_retry)
    with pytest.raises(vendor.APIError):
        client_of(stripe, max_network_retries=2).v1.charges.list()
    assert len(stripe.requests) == tries


def test_the_version_that_was_asked_for_comes_back(stripe: Stripe) -> None:
    response = Reader(stripe, Stripe_Version="2025-09-30.clover").get("charges")
    assert response.headers["Stripe-Version"] == "2025-09-30.clover"
    assert response.headers["Request-Id"].startswith("req_")


@pytest.mark.parametrize(("version", "is_known"), [
    (VERSION, True), ("2024-06-20", True), ("2025-03-31.basil", True), ("2019-2-19", False),
    ("2025-09-30.acacia", False), ("2027-01-01.endive", False), (f"{VERSION}, {VERSION}", False),
])  # fmt: skip
def test_a_version_that_never_was_is_refused(stripe: Stripe, version: str, is_known: bool) -> None:
    assert is_version(version) is is_known
    response = Reader(stripe, Stripe_Version=version).get("charges")
    assert response.status_code == (200 if is_known else 400)
    assert is_known or "Invalid Stripe API version" in response.json()["error"]["message"]


@pytest.fixture
def old_account() -> Iterator[Stripe]:
    """An account that never upgraded, with a payment and an invoice."""
    with Stripe(at(40), account_version="2022-08-01") as stripe:
        customer = stripe.add_customer(at=at(0))
        stripe.refund(stripe.pay(at=at(30), amount=1000, customer=customer), at=at(31))
        price = stripe.add_price(stripe.add_product(at=at(0)), at=at(0))
        stripe.bill(customer, [Item(price)], at=at(31), period=(at(0), at(31)))
        yield stripe


def test_without_a_pinned_version_objects_are_those_of_the_account(old_account: Stripe) -> None:
    pinned, unpinned = Reader(old_account), Reader(old_account, Stripe_Version="")
    assert "price" not in pinned.json("invoices")["data"][0]["lines"]["data"][0]
    line = unpinned.json("invoices")["data"][0]["lines"]["data"][0]
    assert (line["price"]["object"], line["type"]) == ("price", "invoiceitem")
    assert not {"pricing", "parent"} & {*line}
    assert len(unpinned.json("charges")["data"][0]["refunds"]["data"]) == 1


def test_a_pinned_version_does_not_reach_into_events(old_account: Stripe) -> None:
    [event] = Reader(old_account).json("events", type="invoice.finalized")["data"]
    assert event["api_version"] == "2022-08-01"
    assert "price" in event["data"]["object"]["lines"]["data"][0]


def test_an_older_pin_does_not_reach_into_events_either(stripe: Stripe) -> None:
    customer = stripe.add_customer(at=at(30))
    price = stripe.add_price(stripe.add_product(at=at(30)), at=at(30))
    stripe.bill(customer, [Item(price)], at=at(31), period=(at(0), at(31)))
    older = Reader(stripe, Stripe_Version="2024-06-20")
    [event] = older.json("events", type="invoice.finalized")["data"]
    assert "pricing" in event["data"]["object"]["lines"]["data"][0]
    assert "pricing" not in older.json("invoices")["data"][0]["lines"]["data"][0]


def test_an_address_that_does_not_exist_is_told_so(stripe: Stripe) -> None:
    status, error = Reader(stripe).error("charges/ch_1/lines/x/y")
    assert status == 404
    assert error["message"].startswith("Unrecognized request URL (GET: /v1/charges/ch_1")


def test_the_account_tells_its_time_zone() -> None:
    with Stripe(at(1), time_zone="Europe/Berlin") as stripe:
        account = client_of(stripe).v1.accounts.retrieve_current()
    assert account.settings.dashboard.timezone == "Europe/Berlin"
