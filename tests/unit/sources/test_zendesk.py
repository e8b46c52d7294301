"""What a contract may say of Zendesk, and what its answers must not say."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from recount.errors import ContractError, SourceError
from recount.sources import source_of
from recount.sources.shapes import left_out, packed, received
from recount.sources.terms import SourceTerms
from recount.sources.zendesk import shapes
from tests.unit.sources.logs import parsed, terms_of

SINCE = "2026-02-01T00:00:00Z"
AS_OF = datetime(2026, 5, 1, tzinfo=UTC)


def zendesk(**settings: Any) -> SourceTerms:
    usual = {"connection": "acme", "observed_from": SINCE, "location": None}
    return terms_of(system="zendesk", **{**usual, **settings})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connection": None}, "zendesk needs connection"),
        ({"observed_from": "2026-02-01 00:00"}, "offset"),
        ({"custom_fields": {"tier": "gold"}}, "integer"),
        ({"ratings": {"good": "6", "bad": "1"}}, "less than or equal to 5"),
        ({"ratings": {"good": "5"}}, "needs bad"),
        ({"survey_choices": "10"}, "'2', '3' or '5'"),
        ({"subdomain": "acme"}, "is no setting of zendesk"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    terms = zendesk(**settings)
    with pytest.raises(ContractError, match=says):
        source_of(terms).check(terms)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("acme.zendesk.com", "https://acme.zendesk.com"),
        ("https://acme.zendesk.com/", "https://acme.zendesk.com"),
        ("http://acme.zendesk.com", "https://acme.zendesk.com"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_a_secret_travels_encrypted_unless_it_stays_on_this_machine(
    host: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recount.sources import apis

    said = json.dumps({"conn_type": "http", "host": host})
    monkeypatch.setenv("AIRFLOW_CONN_ACME", said)
    assert apis.base_url(zendesk(), apis.connection_of(zendesk())) == url


@pytest.mark.parametrize("host", ["", "acme.zendesk.com/api", "a b", "https://me:pw@acme.com"])
def test_a_host_that_is_none_is_refused_without_its_secret(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recount.sources import apis

    monkeypatch.setenv("AIRFLOW_CONN_ACME", json.dumps({"conn_type": "http", "host": host}))
    with pytest.raises(ContractError, match="the connection acme needs a host") as refused:
        apis.base_url(zendesk(), apis.connection_of(zendesk()))
    assert "pw" not in str(refused.value)


def test_an_event_type_is_observed_as_far_as_all_streams_that_tell_of_it(
) -> None:  # fmt: skip
    reached = {"ticket_events": datetime(2026, 4, 3, tzinfo=UTC),
               "tickets": datetime(2026, 4, 4, tzinfo=UTC),
               "users": datetime(2026, 6, 1, tzinfo=UTC),
               "satisfaction_ratings": datetime(2026, 4, 2, tzinfo=UTC),
               "survey_responses": datetime(2026, 4, 5, tzinfo=UTC)}  # fmt: skip
    terms = zendesk()
    until = {
        each.event_type: each.observed_until
        for each in source_of(terms).coverage(terms, AS_OF, reached)
    }
    assert until["solved"] == datetime(2026, 4, 3, tzinfo=UTC)
    assert until["rated"] == datetime(2026, 4, 2, tzinfo=UTC)


UPDATE = {
    "id": 1, "ticket_id": 7, "timestamp": 1772442000, "updater_id": 12345, "via": "Mail",
    "metadata": {"system": {"ip_address": "203.0.113.7"}},
    "child_events": [
        {"event_type": "Change", "subject": "My card", "previous_value": "My old card"},
        {"event_type": "Change", "status": "solved", "previous_value": "open", "via": "Rule",
         "via_reference_id": 40},
        {"event_type": "Comment", "public": True, "author_id": 777, "body": "I am Bo",
         "via": {"channel": "email", "source": {"from": {"address": "bo@example.com"}}}},
    ],
}  # fmt: skip


def page_of_updates() -> shapes.TicketEvents:
    document = {"ticket_events": [UPDATE], "count": 1, "end_of_stream": True, "end_time": 1}
    page = received(json.dumps(document).encode(), shapes.TicketEvents, "helpdesk")
    for event in page.ticket_events:
        event.child_events = [child for child in event.child_events if child.is_kept]
    return page


@pytest.mark.parametrize("word", ["My card", "My old card", "Bo", "@", "203.0", "777", "12345"])
def test_text_and_people_are_gone_before_anything_is_stored(word: str) -> None:
    stored = packed(page_of_updates()).decode()
    assert '"status":"solved"' in stored
    assert word not in stored


def test_what_was_left_out_is_named_by_its_place() -> None:
    document = {"ticket_events": [UPDATE], "count": 1, "end_of_stream": True, "next_page": "x"}
    assert left_out(document, shapes.TicketEvents) == (
        "next_page", "ticket_events[].child_events[].body",
        "ticket_events[].child_events[].subject",
        "ticket_events[].child_events[].via.source.from.address", "ticket_events[].metadata",
    )  # fmt: skip


def test_a_landed_page_is_typed_one_row_for_each_update() -> None:
    (row,) = parsed(zendesk(), "ticket_events", packed(page_of_updates())).to_pylist()
    told = {key: row[key] for key in ("ticket_id", "status", "previous_status", "status_rule")}
    assert told == {"ticket_id": 7, "status": "solved", "previous_status": "open",
                    "status_rule": "40"}  # fmt: skip
    assert (row["comment_is_public"], len(row["comment_author"])) == (True, 32)


def surveyed(**answer: Any) -> bytes:
    response = {"id": "S", "subject_zrns": ["zen:ticket:7"],
                "answers": [{"type": "open_ended"}, {"type": "rating_scale", **answer,
                             "updated_at": "2026-03-02T09:00:00.123Z"}]}  # fmt: skip
    return json.dumps({"survey_responses": [response], "meta": {"has_more": False}}).encode()


@pytest.mark.parametrize(
    ("choices", "rating", "category", "value"),
    [("5", 4, "good", "4"), ("3", 3, "good", "5"), ("2", 1, "bad", "1"), (None, 5, "good", "5")],
)
def test_an_answer_is_taken_as_it_is_only_where_there_are_five(
    choices: str | None, rating: int, category: str, value: str
) -> None:
    terms = zendesk(survey_choices=choices, ratings={"good": "5", "bad": "1"})
    page = surveyed(rating=rating, rating_category=category)
    (row,) = parsed(terms, "survey_responses", page).to_pylist()
    assert str(row["score_value"].normalize()) == value
    assert row["rated_at"] == datetime(2026, 3, 2, 9, 0, 0, 123_000)


@pytest.mark.parametrize("rating", [0, 6])
def test_an_answer_that_is_not_on_the_scale_is_refused(rating: int) -> None:
    with pytest.raises(SourceError, match="which is not 1 to 5; correct survey_choices"):
        parsed(zendesk(survey_choices="5"), "survey_responses", surveyed(rating=rating))
