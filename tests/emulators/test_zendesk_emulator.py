"""Does the emulator say what Zendesk says? Its fields, envelopes and refusals."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml

from tests.emulators.zendesk import Zendesk
from tests.emulators.zendesk_access import Credentials
from tests.emulators.zendesk_reading import EVENTS, TICKETS, USERS, Reader, at

SPECS = Path(os.environ.get("RECOUNT_SPECS") or Path(__file__).parents[3] / "shared/data/specs")

# names in answers recorded from a real account (see `zendesk_records`)
TICKET_NAMES = """allow_attachments allow_channelback assignee_id brand_id collaborator_ids
    created_at custom_fields custom_status_id description due_at email_cc_ids encoded_id external_id
    fields follower_ids followup_ids forum_topic_id from_messaging_channel generated_timestamp
    group_id has_incidents id is_public organization_id priority problem_id raw_subject recipient
    requester_id satisfaction_rating sharing_agreement_ids status subject submitter_id support_type
    tags ticket_form_id type updated_at url via"""
USER_NAMES = """active alias created_at custom_role_id default_group_id details email external_id
    iana_time_zone id is_billing_admin last_login_at locale locale_id moderator name notes
    only_private_comments organization_id phone photo report_csv restricted_agent role role_type
    shared shared_agent shared_phone_number signature suspended suspension_details tags
    ticket_restriction time_zone two_factor_auth_enabled updated_at url user_fields verified"""
EVENT_NAMES = """child_events created_at event_type id system ticket_id timestamp updater_id via"""
COMMENT_NAMES = """attachments audit_id author_id body created_at event_type html_body id plain_body
    public type via via_reference_id"""


@pytest.fixture
def zendesk() -> Iterator[Zendesk]:
    with Zendesk(at(60)) as emulator:
        yield emulator


@pytest.fixture
def reader(zendesk: Zendesk) -> Reader:
    return Reader(zendesk)


@pytest.fixture
def ticket(zendesk: Zendesk) -> int:
    """A ticket that an agent answered and solved, and that the requester rated."""
    customer = zendesk.add_user(at=at(0), name="Ada Test")
    agent = zendesk.add_user("agent", at=at(0))
    group = zendesk.add_group("Support", at=at(0))
    ticket = zendesk.create(at=at(1), requester=customer, group=group, tags=("vip",))
    zendesk.assign(ticket, at=at(2), by=agent, assignee=agent)
    zendesk.comment(ticket, at=at(3), by=agent, body="It is on its way.", status="solved")
    zendesk.rate(ticket, "good", at=at(4), text="Quick!")
    return ticket


def test_a_ticket_has_exactly_the_fields_that_were_recorded(reader: Reader, ticket: int) -> None:
    assert set(reader.ticket(ticket)) == {*TICKET_NAMES.split()}


def test_a_user_has_exactly_the_fields_that_were_recorded(reader: Reader, ticket: int) -> None:
    assert set(reader.json(USERS, start_time=0)["users"][0]) == {*USER_NAMES.split()}


def test_an_event_has_exactly_the_fields_that_were_recorded(reader: Reader, ticket: int) -> None:
    assert set(reader.events()[0]) == {*EVENT_NAMES.split()}


def test_the_sideload_brings_whole_comments_and_metadata(reader: Reader, ticket: int) -> None:
    event = reader.events(include="comment_events")[0]
    assert set(event) == {*EVENT_NAMES.split(), "metadata"}
    assert set(event["child_events"][0]) == {*COMMENT_NAMES.split()}


def test_without_the_sideload_a_comment_is_two_flags(reader: Reader, ticket: int) -> None:
    part = reader.events()[0]["child_events"][0]
    flags = {"comment_present", "comment_public", "event_type", "id", "via", "via_reference_id"}
    assert set(part) == flags


def test_a_change_names_its_field_as_a_key_and_tells_the_value_before(
    reader: Reader, ticket: int
) -> None:
    parts = reader.events()[2]["child_events"]
    assert [part["event_type"] for part in parts] == ["Comment", "Change", "Change"]
    assert parts[1].items() >= {"status": "solved", "previous_value": "new"}.items()
    assert parts[2]["custom_status_id"] == "4044436"
    assert parts[1]["id"] == reader.events()[2]["id"] + 2 * 128


def test_a_rating_is_an_event_of_the_system(reader: Reader, ticket: int) -> None:
    event = reader.events()[-1]
    assert event["updater_id"] == -1
    expected = {"satisfaction_score": "good", "previous_value": "unoffered"}
    assert event["child_events"][0].items() >= expected.items()


def test_people_and_their_words_are_in_the_answers(reader: Reader, ticket: int) -> None:
    told = str(reader.events(include="comment_events")) + str(reader.ticket(ticket))
    for words in ("It is on its way.", "Where is my order?", "Ada Test", "@example.com", "203.0."):
        assert words in told


def test_a_cursor_is_a_second_and_an_id_in_base_64(reader: Reader, ticket: int) -> None:
    # as in the vendor's own example: MTU3NjYxMzUzOS4wfHw0Njd8
    page = reader.json(TICKETS, start_time=0)
    assert page["after_cursor"] == "MTc5MDg0NTQ0MC4wfHwxfA=="
    assert page["after_url"].endswith("/cursor.json?cursor=MTc5MDg0NTQ0MC4wfHwxfA%3D%3D")


@pytest.mark.parametrize(
    ("file", "schema", "path"),
    [
        ("incremental", "CursorBasedExportIncrementalTicketsResponse", TICKETS),
        ("incremental", "CursorBasedExportIncrementalUsersResponse", USERS),
        ("incremental", "ExportIncrementalTicketEventsResponse", EVENTS),
        ("satisfaction-ratings", "SatisfactionRatingsResponse", "/api/v2/satisfaction_ratings"),
        ("groups", "GroupsResponse", "/api/v2/groups.json"),
        ("audit-logs", "AuditLogsResponse", "/api/v2/audit_logs"),
        ("search", "SearchCountResponse", "/api/v2/search/count.json?query=type:ticket"),
    ],
)
def test_an_envelope_follows_the_published_schema(
    reader: Reader, ticket: int, file: str, schema: str, path: str
) -> None:
    schemas = _published(file)["components"]["schemas"]
    # the published parts lack the records themselves, and take ticket events for metric events
    unknown = (*_missing(schemas), "TicketMetricEventBaseObject")
    stubs: dict[str, Any] = {name: {} for name in unknown}
    document = {"components": {"schemas": {**schemas, **stubs}}}
    start = {"start_time": 0} if "incremental" in path else {}
    answer = reader.json(path, **start)
    whole = {**document, "$ref": f"#/components/schemas/{schema}"}
    jsonschema.Draft202012Validator(whole).validate(answer)
    assert set(schemas[schema]["properties"]) <= set(answer)


@pytest.mark.parametrize("name", ["tickets", "users"])
def test_a_record_has_the_fields_and_types_of_the_published_example(
    reader: Reader, ticket: int, name: str
) -> None:
    title = f"CursorBasedExportIncremental{name.capitalize()}Response"
    example = _published("incremental")["components"]["schemas"][title]["example"][name][0]
    ours = reader.json({"tickets": TICKETS, "users": USERS}[name], start_time=0)[name][0]
    assert set(example) <= set(ours)
    for field, value in example.items():
        assert ours[field] is None or isinstance(ours[field], type(value)), field


def test_a_token_of_the_client_credentials_grant_is_let_in_until_it_expires(
    zendesk: Zendesk, ticket: int
) -> None:
    asked: dict[str, Any] = {"grant_type": "client_credentials", "client_id": "recount"}
    asked |= {"scope": "read", "client_secret": "a-client-secret", "expires_in": 600}
    token = httpx.post(f"{zendesk.url}/oauth/tokens", json=asked).json()
    assert token.items() >= {"expires_in": 599, "token_type": "bearer", "scope": "read"}.items()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    url = f"{zendesk.url}{TICKETS}?start_time=0"
    assert httpx.get(url, headers=headers).status_code == 200
    zendesk.now = at(71)
    answer = httpx.get(url, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_a_wrong_token_is_refused_in_the_vendors_words(zendesk: Zendesk) -> None:
    answer = httpx.get(f"{zendesk.url}{TICKETS}?start_time=0", auth=("meter@example.com", "x"))
    assert (answer.status_code, answer.json()) == (401, {"error": "Couldn't authenticate you"})


def test_a_token_without_the_scope_to_read_is_forbidden(zendesk: Zendesk) -> None:
    asked = {"grant_type": "client_credentials", "client_id": "recount", "scope": "tickets:write"}
    asked |= {"client_secret": "a-client-secret"}
    token = httpx.post(f"{zendesk.url}/oauth/tokens", data=asked).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{zendesk.url}{TICKETS}?start_time=0", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["description"] == "Missing the following required scopes: read"


def test_who_is_no_administrator_may_not_export() -> None:
    with Zendesk(at(60), credentials=Credentials(role="agent")) as zendesk:
        answer = Reader(zendesk).get(EVENTS, start_time=0)
    assert (answer.status_code, answer.json()["error"]["title"]) == (403, "Forbidden")


def test_the_caller_can_ask_who_it_is(zendesk: Zendesk, reader: Reader) -> None:
    assert reader.json("/api/v2/users/me.json")["user"]["role"] == "admin"
    nobody = httpx.get(f"{zendesk.url}/api/v2/users/me.json").json()["user"]
    assert nobody["id"] is None


def _published(name: str) -> Any:
    path = SPECS / "zendesk" / f"{name}-openapi-original.yml"
    if not path.exists():
        pytest.skip(f"{path} is absent: the vendor's published schema is not in this checkout")
    return _with_null(yaml.safe_load(path.read_text()))


def _with_null(node: Any) -> Any:
    """Spell OpenAPI's `nullable` as JSON Schema does."""
    if isinstance(node, list):
        return [_with_null(each) for each in node]
    if not isinstance(node, dict):
        return node
    spelled = {name: _with_null(value) for name, value in node.items()}
    if spelled.get("nullable") is True:
        spelled["type"] = [spelled["type"], "null"]
    return spelled


def _missing(schemas: Any) -> set[str]:
    named = {line.rpartition("/")[2].strip("'") for line in yaml.dump(schemas).split()
             if "#/components/schemas/" in line}  # fmt: skip
    return named - set(schemas)
