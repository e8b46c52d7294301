"""What the vendor charges for Fin, and what its reports say."""

import csv
import gzip
import io
import tarfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.emulators.intercom import Intercom
from tests.emulators.intercom_reader import (
    DAY,
    HEADERS,
    NOON,
    get,
    started,
)


@pytest.fixture
def intercom() -> Iterator[Intercom]:
    with Intercom(NOON + 30 * DAY) as emulator:
        yield emulator


MARCH = {"starts_at": NOON - DAY, "ends_at": NOON + 29 * DAY}
APRIL = {"starts_at": NOON + 29 * DAY, "ends_at": NOON + 59 * DAY}


def answered(intercom: Intercom) -> str:
    (it,) = started(intercom)
    intercom.fin_answers(it, at=NOON)
    return it


@pytest.mark.parametrize(
    ("state", "outcomes"),
    [
        ("assumed_resolution", ["resolution"]),
        ("confirmed_resolution", ["resolution"]),
        ("procedure_handoff", ["procedure_handoff"]),
        ("escalated", []),
        ("negative_feedback", []),
    ],
)
def test_only_some_states_are_charged(intercom: Intercom, state: str, outcomes: list[str]) -> None:
    intercom.conclude(answered(intercom), state, at=NOON + DAY)
    assert [line.outcome for line in intercom.billed(**MARCH)] == outcomes


def test_a_conversation_is_charged_once_at_the_price_of_an_outcome(intercom: Intercom) -> None:
    it = answered(intercom)
    intercom.conclude(it, "assumed_resolution", at=NOON + DAY)
    intercom.conclude(it, "confirmed_resolution", at=NOON + 2 * DAY)
    assert [line.price for line in intercom.billed(**MARCH)] == [Decimal("0.99")]


def test_a_resolution_taken_back_in_the_next_period_is_deducted_there(intercom: Intercom) -> None:
    it = answered(intercom)
    intercom.conclude(it, "assumed_resolution", at=NOON + DAY)
    intercom.conclude(it, "escalated", at=NOON + 35 * DAY)
    assert [line.price for line in intercom.billed(**MARCH)] == [Decimal("0.99")]
    assert [line.price for line in intercom.billed(**APRIL)] == [Decimal("-0.99")]


def test_a_procedure_handoff_is_not_taken_back(intercom: Intercom) -> None:
    it = answered(intercom)
    intercom.conclude(it, "procedure_handoff", at=NOON + DAY)
    intercom.conclude(it, "negative_feedback", at=NOON + 2 * DAY)
    assert [line.outcome for line in intercom.billed(**MARCH)] == ["procedure_handoff"]


def test_a_vendor_may_forget_to_take_back_and_charge_for_nothing(intercom: Intercom) -> None:
    it = answered(intercom)
    intercom.conclude(it, "assumed_resolution", at=NOON + DAY)
    intercom.conclude(it, "escalated", at=NOON + 2 * DAY, is_charged=False)
    intercom.charge(it, at=NOON + 3 * DAY)
    assert len(intercom.billed(**MARCH)) == 2


def order(intercom: Intercom, *attributes: str, **headers: str) -> httpx.Response:
    body: dict[str, Any] = {"dataset_id": "conversation", "attribute_ids": attributes}
    body |= {"start_time": 0, "end_time": 2**31}
    url = f"{intercom.url}/export/reporting_data/enqueue"
    return httpx.post(url, headers=HEADERS | headers, json=body)


def downloaded(intercom: Intercom, *attributes: str, **headers: str) -> httpx.Response:
    """Order, wait and download; the first question finds the job pending."""
    path = (
        f"/export/reporting_data/{order(intercom, *attributes, **headers).json()['job_identifier']}"
    )
    assert get(intercom, path).json()["status"] == "pending"
    job = get(intercom, path).json()
    assert job["status"] == "complete"
    return httpx.get(job["download_url"], headers=HEADERS | {"Accept": "application/octet-stream"})


def test_the_export_has_one_line_per_conversation_in_labels_and_local_times(
    intercom: Intercom,
) -> None:
    intercom.conclude(answered(intercom), "procedure_handoff", at=NOON + DAY)
    wanted = {each["name"]: each["qualified_id"] for each in attributes(intercom)}
    names = ["Conversation ID", "Conversation started at", "Fin AI Agent resolution state"]
    lines = downloaded(intercom, *(wanted[name] for name in names)).text.splitlines()
    assert lines[0] == "conversation_id,conversation_started_at,fin_ai_agent_resolution_state"
    assert lines[1].split(",")[1:] == ["2026-03-02 04:00:00", "Procedure handoff"]


def attributes(intercom: Intercom) -> list[dict[str, Any]]:
    (dataset,) = get(intercom, "/export/reporting_data/get_datasets").json()["data"]
    told: list[dict[str, Any]] = dataset["attributes"]
    return told


def test_a_deleted_conversation_stays_in_the_export_unless_its_metrics_went_too(
    intercom: Intercom,
) -> None:
    kept, gone = started(intercom, 2)
    intercom.delete(kept, at=NOON + DAY)
    intercom.delete(gone, at=NOON + DAY, retain_metrics=False)
    text = downloaded(intercom, "standard.conversation_id").text
    assert [row["conversation_id"] for row in csv.DictReader(io.StringIO(text))] == [kept]


def test_before_2_16_the_export_leaves_out_what_no_user_replied_to(intercom: Intercom) -> None:
    una, ada = intercom.add_contact("Una"), intercom.hire("Ada")
    intercom.start(contact=una, by=ada, at=NOON, delivered_as="admin_initiated")
    new = downloaded(intercom, "standard.conversation_id")
    old = downloaded(intercom, "standard.conversation_id", **{"Intercom-Version": "2.15"})
    assert (len(new.text.splitlines()), len(old.text.splitlines())) == (2, 1)


def test_the_download_may_come_packed() -> None:
    for packing in ("gzip", "tgz"):
        with Intercom(NOON, packing=packing) as intercom:
            content = downloaded(intercom, "standard.conversation_id").content
        assert unpacked(content, packing) == b"conversation_id\r\n"


def unpacked(content: bytes, packing: str) -> bytes:
    if packing == "gzip":
        return gzip.decompress(content)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        file = archive.extractfile("conversation.csv")
        assert file is not None
        return file.read()


def test_a_download_wants_its_own_accept_header_and_expires(intercom: Intercom) -> None:
    url = downloaded(intercom, "standard.conversation_id").request.url
    assert httpx.get(url, headers=HEADERS).status_code == 406
    intercom.now += 3 * DAY
    octets = {"Accept": "application/octet-stream"}
    assert httpx.get(url, headers=HEADERS | octets).status_code == 404


def test_a_sixth_export_at_once_is_refused(intercom: Intercom) -> None:
    answers = [order(intercom, "standard.conversation_id") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]


def test_an_attribute_without_its_prefix_is_refused(intercom: Intercom) -> None:
    refusal = order(intercom, "conversation_id").json()["errors"][0]
    assert refusal["message"] == ("attribute_ids invalid for conversation dataset: conversation_id")
