"""An API is asked with patience, and believed with none (FAULTS A1 to A5, A10, A11)."""

import gzip
import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from recount.errors import RecountError, SourceError, TransientError
from recount.sources import signing
from recount.sources.api import SPENT, Api, Limits
from recount.sources.pace import Pace
from tests.emulators import faults
from tests.emulators.server import Answer, Emulator, Fault, Request

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "s3cr3t-of-ours"
QUICK = Limits(attempts=3, longest_wait_seconds=0.05, answer_seconds=2, idle_seconds=0.3)


class Service(Emulator):
    """Answers a document to whoever carries the right token, and grants tokens."""

    token = SECRET

    def answer(self, request: Request) -> Answer:
        if request.path == "/token":
            self.token = f"{SECRET}-{len(self.asked('/token'))}"
            return Answer({"access_token": self.token})
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Answer({"error": f"no such token {request.headers.get('authorization')}"}, 401)
        return Answer({"items": [1, 2, 3], "asked": request.query})


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(NOW) as running:
        yield running


def api_of(service: Service, limits: Limits = QUICK) -> Api:
    return Api("helpdesk", service.url, signing.bearer(SECRET), Pace(1000, 1), limits)


def refusal(service: Service, fault: Fault, limits: Limits = QUICK) -> RecountError:
    service.misbehave(fault, times=-1)
    with pytest.raises(RecountError) as refused:
        api_of(service, limits).get("/items")
    assert SECRET not in str(refused.value)
    assert str(refused.value).startswith(f"helpdesk: {service.host}/items ")
    return refused.value


def test_an_answer_comes_with_the_servers_own_time(service: Service) -> None:
    answer = api_of(service).get("/items", a="b c&d")
    assert answer.document == {"items": [1, 2, 3], "asked": {"a": "b c&d"}}
    assert answer.said_at == NOW


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(service: Service, code: int) -> None:
    service.misbehave(faults.status(code), times=2)
    assert api_of(service).get("/items").document["items"] == [1, 2, 3]
    assert len(service.requests) == 3


@pytest.mark.parametrize(
    "fault",
    [faults.reset, faults.truncated, faults.broken_json, faults.stalled(1), faults.status(503)],
)
def test_a_cut_or_stalled_answer_is_asked_again_and_never_half_believed(
    service: Service, fault: Fault
) -> None:
    service.misbehave(fault)
    assert api_of(service).get("/items").document["items"] == [1, 2, 3]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (faults.status(429), "keeps answering 429"),
        (faults.status(503), "keeps answering 503"),
        (faults.reset, "cannot be reached or hung up"),
        (faults.truncated, "hung up"),
        (faults.broken_json, "JSON that is cut short"),
        (faults.stalled(1), "does not answer in time"),
    ],
)
def test_what_does_not_pass_fails_after_a_few_attempts(
    service: Service, fault: Fault, says: str
) -> None:
    failure = refusal(service, fault)
    assert isinstance(failure, TransientError)
    assert says in str(failure)
    assert len(service.requests) == QUICK.attempts


@pytest.mark.parametrize("asked", ["0", "1", "-5", "999999999999", "soon", "", "٣"])
def test_a_pause_that_the_server_asks_for_is_kept_within_a_cap(
    service: Service, asked: str
) -> None:
    service.misbehave(lambda handler, answer: handler.send(
        Answer({}, 429, {"Retry-After": asked} if asked.isascii() else {})
    ))  # fmt: skip
    began = time.monotonic()
    assert api_of(service).get("/items").document["items"] == [1, 2, 3]
    assert time.monotonic() - began < 2


def test_a_pause_may_be_a_date_by_the_servers_own_clock(service: Service) -> None:
    service.misbehave(faults.status(429, Retry_After="Sun, 01 Mar 2026 12:00:01 GMT"))
    began = time.monotonic()
    api_of(service, Limits(attempts=2, longest_wait_seconds=5)).get("/items")
    assert 1 <= time.monotonic() - began < 3


def test_an_allowance_that_is_used_up_is_not_waited_for(service: Service) -> None:
    service.misbehave(faults.status(429), times=-1)
    api = Api("helpdesk", service.url, signing.bearer(SECRET), Pace(1000, 1), QUICK,
              pause_of=lambda response: SPENT)  # fmt: skip
    with pytest.raises(TransientError, match="answers no more today"):
        api.get("/items")
    assert len(service.requests) == 1


def test_an_answer_about_several_things_is_an_answer(service: Service) -> None:
    service.misbehave(
        lambda handler, answer: handler.send(Answer(answer.document, 207, answer.headers))
    )
    assert api_of(service).get("/items").document["items"] == [1, 2, 3]


def test_a_body_that_drips_is_cut_off_by_the_total_time(service: Service) -> None:
    limits = Limits(attempts=1, answer_seconds=0.3, idle_seconds=5)
    assert "took longer than 0.3 s" in str(refusal(service, faults.dripping(0.01), limits))


def test_a_body_without_end_is_cut_off_by_its_size(service: Service) -> None:
    limits = Limits(largest_answer_bytes=1_000_000)
    assert "sent more than 1,000,000 bytes" in str(refusal(service, faults.endless, limits))


def test_a_body_that_unfolds_is_cut_off_by_its_size(service: Service) -> None:
    def bomb(handler: Any, answer: Answer) -> None:
        body = gzip.compress(b" " * 50_000_000)
        handler.send(Answer(headers={**answer.headers, "Content-Encoding": "gzip"}, body=body))

    assert "bytes in one answer" in str(refusal(service, bomb, Limits(largest_answer_bytes=10**6)))


def test_a_page_to_sign_in_is_no_answer(service: Service) -> None:
    failure = refusal(service, faults.login_page)
    assert isinstance(failure, SourceError)
    assert "'text/html' instead of JSON" in str(failure)
    assert len(service.requests) == 1


def test_a_page_to_sign_in_that_claims_to_be_json_is_no_answer(service: Service) -> None:
    assert "damaged" in str(refusal(service, faults.login_page_that_claims_json))


@pytest.mark.parametrize("to", ["http://169.254.169.254/latest", "https://evil.example/x", "/b"])
def test_a_redirect_is_refused_and_not_followed(service: Service, to: str) -> None:
    failure = refusal(service, faults.redirect(to))
    assert isinstance(failure, SourceError)
    assert "we do not follow" in str(failure)
    assert len(service.requests) == 1


def test_an_answer_without_a_time_is_refused(service: Service) -> None:
    def timeless(handler: Any, answer: Answer) -> None:
        handler.send(Answer(answer.document, headers={"Date": "soon"}))

    assert "does not say its time" in str(refusal(service, timeless))


@pytest.mark.parametrize(("code", "says"), [(401, "refuses our credentials"), (403, "read this")])
def test_a_refused_secret_is_named_by_its_connection_only(
    service: Service, code: int, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    failure = refusal(service, faults.status(code))
    assert isinstance(failure, SourceError)
    assert says in str(failure)
    assert SECRET not in caplog.text


def oauth(service: Service, limits: Limits = QUICK) -> Api:
    grant = signing.OAuthClient("helpdesk", f"{service.url}/token", "us", SECRET)
    return Api("helpdesk", service.url, grant, Pace(1000, 1), limits)


def test_a_token_that_runs_out_midway_is_renewed_once(service: Service) -> None:
    api = oauth(service)
    api.get("/items")
    service.token = "another"
    assert api.get("/items").document["items"] == [1, 2, 3]
    assert len(service.asked("/token")) == 2


def test_a_token_that_is_refused_although_it_is_new_ends_the_run(service: Service) -> None:
    service.misbehave(faults.status(401), on="/items", times=-1)
    with pytest.raises(SourceError, match="refuses our credentials"):
        oauth(service).get("/items")
    assert (len(service.asked("/items")), len(service.asked("/token"))) == (2, 2)


def test_streams_that_run_side_by_side_renew_a_token_once(service: Service) -> None:
    api = oauth(service)
    api.get("/items")
    service.token = "another"
    threads = [threading.Thread(target=api.get, args=("/items",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(service.asked("/token")) == 2


@pytest.mark.parametrize("answer", [Answer({}, 400), Answer({"token": 1}), Answer(body=b"<html>")])
def test_a_grant_that_fails_names_the_place_and_no_secret(service: Service, answer: Answer) -> None:
    service.misbehave(lambda handler, _: handler.send(answer), on="/token", times=-1)
    with pytest.raises(SourceError, match=f"{service.url}/token") as refused:
        oauth(service).get("/items")
    assert SECRET not in str(refused.value)


def test_a_host_that_is_not_there_is_tried_again_and_then_named() -> None:
    api = Api("helpdesk", "http://nowhere.invalid", signing.bearer("x"), Pace(9, 1), QUICK)
    with pytest.raises(TransientError, match=r"nowhere\.invalid/items cannot be reached"):
        api.get("/items")


def test_the_pace_is_kept_and_used(service: Service) -> None:
    api = Api("helpdesk", service.url, signing.bearer(SECRET), Pace(10, 0.5), QUICK)
    began = time.monotonic()
    for _ in range(31):
        api.get("/items")
    assert 1.5 <= time.monotonic() - began < 1.9
