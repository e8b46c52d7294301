"""Can the vendor's own client read the emulator of Intercom?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.emulators.intercom import Intercom
from tests.emulators.intercom_model import FIN

client_library = pytest.importorskip("intercom", reason="install python-intercom 5.0.1")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def intercom() -> Iterator[Intercom]:
    with Intercom(NOON + timedelta(days=1)) as emulator:
        yield emulator


@pytest.fixture
def client(intercom: Intercom) -> Any:
    headers = {"Intercom-Version": "2.16"}
    return client_library.Intercom(token="intercom-token", base_url=intercom.url, headers=headers)


def updated_since(instant: datetime) -> Any:
    return client_library.SingleFilterSearchRequest(
        field="updated_at", operator=">", value=int(instant.timestamp())
    )


def test_the_client_walks_through_the_pages_of_a_search_by_their_cursors(
    intercom: Intercom, client: Any
) -> None:
    una = intercom.add_contact("Una")
    made = {intercom.start(contact=una, at=NOON + timedelta(minutes=n)) for n in range(7)}
    found, cursor = [], None
    for _ in range(3):
        # by hand: the pager of the client (5.0.1) asks for the first page again and again
        paging = client_library.StartingAfterPaging(per_page=3, starting_after=cursor)
        page = client.conversations.search(query=updated_since(NOON), pagination=paging)
        found += [each.id for each in page.items]
        cursor = page.has_next and page.response.pages.next.starting_after
    assert (set(found), len(found), cursor) == (made, 7, False)


def test_the_client_reads_a_conversation_with_fin_in_it(intercom: Intercom, client: Any) -> None:
    it = intercom.start(contact=intercom.add_contact("Una"), at=NOON)
    intercom.fin_answers(it, at=NOON)
    intercom.conclude(it, "assumed_resolution", at=NOON)
    intercom.rate_fin(it, 4, at=NOON)
    intercom.close(it, by=FIN, at=NOON)
    shown = client.conversations.find(it, display_as="plaintext")
    assert shown.ai_agent.resolution_state == "assumed_resolution"
    assert shown.ai_agent.rating == 4
    answer, close = shown.conversation_parts.conversation_parts
    assert (answer.author.from_ai_agent, close.part_type) == (True, "close")


def test_the_client_knows_who_it_is_and_who_works_there(intercom: Intercom, client: Any) -> None:
    intercom.hire("Ada Lovelace")
    assert client.admins.identify().app.id_code == "acme1234"
    assert [admin.name for admin in client.admins.list().admins] == ["Ada Lovelace"]


def test_the_client_orders_an_export(client: Any) -> None:
    ids = [
        attribute.qualified_id
        for attribute in client.export.list_available_datasets_and_attributes().data[0].attributes
    ]
    job = client.export.enqueue_a_new_reporting_data_export_job(
        dataset_id="conversation", attribute_ids=ids, start_time=0, end_time=2**31
    )
    assert job.status == "pending"


def test_the_client_raises_what_the_emulator_refuses(intercom: Intercom, client: Any) -> None:
    with pytest.raises(client_library.NotFoundError) as refusal:
        client.conversations.find("404")
    assert refusal.value.body["errors"][0]["code"] == "not_found"
    stranger = client_library.Intercom(token="wrong", base_url=intercom.url)
    with pytest.raises(client_library.UnauthorizedError):
        stranger.conversations.find("404")
