"""Settings of a source are typed by the source, and a wrong one is named with its place."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recount.errors import ContractError
from recount.sources import INVOICE_SYSTEMS, SYSTEMS, source_of
from recount.sources.source import Coverage
from tests.unit.sources.logs import AS_OF, terms_of


def refusal_of(name: str = "helpdesk", system: str = "event_log", **settings: Any) -> str:
    terms = terms_of(name, system, Path(), **settings)
    with pytest.raises(ContractError) as refused:
        source_of(terms).check(terms)
    return str(refused.value).removeprefix("acme.yml:7: ")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"location": None}, "sources.helpdesk: event_log needs location; add it to helpdesk"),
        ({"shows": None}, "sources.helpdesk: event_log needs shows; add it to helpdesk"),
        ({"shows": []}, "sources.helpdesk.shows: name at least one event type that the log shows"),
        ({"locatoin": "x"}, "sources.helpdesk.locatoin: 'locatoin' is no setting of event_log; "
         "it has location, shows, observed_from, observed_until, subjects, connection"),
        ({"shows": ["solved", "resolved"]}, "sources.helpdesk.shows.1: 'resolved' is no event "
         "type; correct it or add it to dbt_project/seeds/event_types.csv"),
        ({"observed_until": "2016-06-01"}, "sources.helpdesk.observed_until: '2016-06-01' is not "
         "an instant; write an instant with its offset, for example 2016-03-01T09:00:00Z"),
        ({"location": ["a"]}, "sources.helpdesk.location: Input should be a valid string"),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_an_event_log_is_named(settings: dict[str, Any], sentence: str) -> None:
    assert refusal_of(**settings) == sentence


def test_a_zone_that_is_none_is_named() -> None:
    said = refusal_of(system="servicenow_export", time_zone="Mars/Olympus")
    assert said.startswith("sources.helpdesk.time_zone: 'Mars/Olympus' is no time zone")


def test_a_system_that_nobody_reads_is_named_with_those_that_are() -> None:
    said = refusal_of(system="acmedesk")
    assert said.startswith("sources.helpdesk.system: 'acmedesk' is not a system that Recount reads")
    assert "write one of event_log, " in said
    assert "write one of cii, fin_csv, focus_csv, " in refusal_of("invoice", "event_log")


def test_every_system_is_registered_under_its_own_name() -> None:
    assert {"event_log", "servicenow_export", "zendesk"} <= set(SYSTEMS)
    assert {"recount_csv"} <= set(INVOICE_SYSTEMS)
    for name, source in {**SYSTEMS, **INVOICE_SYSTEMS}.items():
        assert source.system == name
        assert all(schema.names[-1] == "file" for schema in source.streams.values())


def test_one_event_type_need_not_be_a_list() -> None:
    terms = terms_of(shows="solved")
    assert source_of(terms).shows(terms) == ("solved",)


@pytest.mark.parametrize(
    ("until", "expected"),
    [(None, AS_OF), ("2016-04-01T02:00:00+02:00", datetime(2016, 4, 1, tzinfo=UTC)),
     ("2016-05-01T00:00:00.000001Z", AS_OF)],
)  # fmt: skip
def test_nothing_is_observed_at_or_after_as_of(until: str | None, expected: datetime) -> None:
    terms = terms_of(shows=["solved"], observed_until=until, observed_from="2016-01-01T00:00:00Z")
    began = datetime(2016, 1, 1, tzinfo=UTC)
    assert source_of(terms).coverage(terms, AS_OF, {}) == [Coverage("solved", began, expected)]


def test_an_export_of_states_shows_no_ratings_and_an_invoice_shows_nothing() -> None:
    export, invoice = terms_of(system="servicenow_export"), terms_of("invoice", "recount_csv")
    shown = [each.event_type for each in source_of(export).coverage(export, AS_OF, {})]
    assert shown == ["opened", "solved", "closed", "reopened"]
    assert source_of(invoice).coverage(invoice, AS_OF, {}) == []
    assert source_of(invoice).shows(invoice) == ()
