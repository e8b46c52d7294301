"""Storage that fails: what may work later is tried again, what cannot is one sentence."""

import json
from uuid import uuid4

import pytest

from recount.errors import RecountError, TransientError
from recount.lake import KeyConflict, Lake, open_lake
from recount.stores import StoreError
from tests.support.s3 import SECRET_KEY
from tests.unit.lake.faulty import FaultyServer

SECRETS = ("AKIDSECRET", "wrong-secret", SECRET_KEY)


def refusal_of(uri: str) -> RecountError:
    with pytest.raises(RecountError) as refused:
        open_lake(uri).put_once("a", b"content")
    assert not any(secret in str(refused.value) for secret in SECRETS)
    assert "\n" not in str(refused.value)
    assert refused.value.__cause__ is None
    return refused.value


@pytest.mark.parametrize("fault", ["500", "503", "lost"])
def test_a_failure_that_passes_is_not_noticed(
    faulty: FaultyServer, faulty_lake: Lake, fault: str
) -> None:
    faulty.faults = [fault, fault]
    faulty_lake.put_once("a", b"content")
    faulty.faults = [fault]
    assert faulty_lake.get("a") == b"content"


def test_a_failure_that_stays_ends_in_a_named_state(
    faulty: FaultyServer, faulty_lake: Lake
) -> None:
    faulty.faults = ["503"] * 100
    with pytest.raises(TransientError, match="keeps answering 503; run again later"):
        faulty_lake.put_once("a", b"content")
    assert faulty.requests == ["PUT"] * 5


def test_a_put_that_succeeded_and_was_not_confirmed_is_success(
    faulty: FaultyServer, faulty_lake: Lake
) -> None:
    faulty.faults = ["stored, then 500"]
    faulty_lake.put_once("a", b"content")
    assert faulty.requests == ["PUT", "PUT", "GET"]
    assert faulty_lake.get("a") == b"content"


def test_a_race_that_nobody_has_won_yet_is_run_again(
    faulty: FaultyServer, faulty_lake: Lake
) -> None:
    faulty.faults = ["409"]
    faulty_lake.put_once("a", b"content")
    assert faulty.requests == ["PUT", "GET", "PUT"]


def test_a_race_that_another_won_with_other_content_is_a_conflict(
    faulty: FaultyServer, faulty_lake: Lake
) -> None:
    faulty_lake.put_once("a", b"theirs")
    faulty.faults = ["409"]
    with pytest.raises(KeyConflict):
        faulty_lake.put_once("a", b"ours")


def test_a_race_without_end_is_given_up(faulty: FaultyServer, faulty_lake: Lake) -> None:
    faulty.faults = ["409", "404"] * 20
    with pytest.raises(TransientError, match="other writers keep getting in the way"):
        faulty_lake.put_once("a", b"content")


@pytest.mark.parametrize("status", ["301", "400", "401", "403"])
def test_a_refusal_is_not_tried_again(faulty: FaultyServer, status: str) -> None:
    faulty.faults = [status] * 20
    assert isinstance(refusal_of("s3://recount"), StoreError)
    assert faulty.requests == ["PUT"]


def test_a_wrong_secret_is_refused(ceph_url: str, signed_in: pytest.MonkeyPatch) -> None:
    signed_in.setenv("AWS_ENDPOINT_URL", ceph_url)
    signed_in.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    assert "refuses our credentials" in str(refusal_of("s3://recount/wrong"))


def test_an_unknown_key_is_refused(ceph_url: str, signed_in: pytest.MonkeyPatch) -> None:
    signed_in.setenv("AWS_ENDPOINT_URL", ceph_url)
    signed_in.setenv("AWS_ACCESS_KEY_ID", "AKIDSECRET")
    assert "refuses our credentials" in str(refusal_of("s3://recount/wrong"))


def test_no_credentials_are_a_sentence(signed_in: pytest.MonkeyPatch) -> None:
    signed_in.delenv("AWS_ACCESS_KEY_ID")
    signed_in.delenv("AWS_SECRET_ACCESS_KEY")
    assert "no AWS credentials found" in str(refusal_of("s3://recount"))


def test_a_profile_that_is_not_there_is_a_sentence(signed_in: pytest.MonkeyPatch) -> None:
    signed_in.setenv("AWS_PROFILE", "nobody")
    assert "does not accept the AWS settings" in str(refusal_of("s3://recount"))


@pytest.mark.parametrize("server", ["moto_url", "ceph_url"])
def test_a_missing_bucket_is_a_sentence(
    server: str, signed_in: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    signed_in.setenv("AWS_ENDPOINT_URL", request.getfixturevalue(server))
    missing = open_lake(f"s3://missing-{uuid4().hex}")
    for use in (missing.keys, lambda: missing.get("a"), lambda: missing.put_once("a", b"")):
        with pytest.raises(StoreError, match="the bucket does not exist"):
            use()


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "http://no-such-host.invalid"])
def test_an_endpoint_that_nobody_answers_at_may_answer_later(
    signed_in: pytest.MonkeyPatch, endpoint: str
) -> None:
    signed_in.setenv("AWS_ENDPOINT_URL", endpoint)
    assert isinstance(refusal_of("s3://recount"), TransientError)


def test_the_connection_wins_over_the_environment(
    moto_url: str, signed_in: pytest.MonkeyPatch
) -> None:
    signed_in.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    signed_in.setenv("AWS_SKIP_SIGNATURE", "true")
    signed_in.setenv("AWS_CONDITIONAL_PUT", "disabled")
    extra = {"endpoint_url": moto_url, "region_name": "us-east-1"}
    connection = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
    signed_in.setenv("AIRFLOW_CONN_RECOUNT_LAKE", json.dumps(connection))
    lake = open_lake(f"s3://recount/{uuid4().hex}")
    lake.put_once("a", b"content")
    with pytest.raises(KeyConflict):
        lake.put_once("a", b"other")
