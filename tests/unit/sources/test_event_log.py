"""An event log is typed exactly, or refused with file, record, column and value."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.errors import SourceError
from recount.periods import parse_instant
from recount.sources import SYSTEMS
from tests.unit.sources.logs import NINE, event, events, parsed, terms_of


def refusal_of(data: str | bytes) -> str:
    with pytest.raises(SourceError) as refused:
        parsed(terms_of(), "events", data)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_an_event_is_typed_exactly() -> None:
    cells = {"event_id": "e1", "actor_type": "ai_agent", "actor_id": "fin", "value": "4.5"}
    at = "2016-03-01T11:00:00.000001+02:00"
    log = event(**cells, unit="score_of_5", related_subject_id="t0", occurred_at=at)
    table = parsed(terms_of(), "events", log)
    assert table.schema == SYSTEMS["event_log"].streams["events"]
    assert table.to_pylist() == [{
        "event_id": "e1", "subject_id": "t1", "subject_type": "ticket", "event_type": "solved",
        "occurred_at": datetime(2016, 3, 1, 9, 0, 0, 1), "actor_type": "ai_agent",
        "actor_id": "fin", "value": Decimal("4.5"), "unit": "score_of_5",
        "related_subject_id": "t0", "record_number": 1, "file": "events.csv",
    }]  # fmt: skip


def test_optional_columns_may_be_absent_and_an_actor_is_then_unknown() -> None:
    [row] = parsed(terms_of(), "events", event()).to_pylist()
    assert row["actor_type"] == "unknown"
    assert all(row[name] is None for name in ("actor_id", "value", "unit", "related_subject_id"))
    [row] = parsed(terms_of(), "events", event(actor_type="")).to_pylist()
    assert row["actor_type"] == "unknown"


def test_a_header_alone_is_an_empty_log_of_the_same_schema() -> None:
    table = parsed(terms_of(), "events", "subject_id,subject_type,event_type,occurred_at\n")
    assert (table.num_rows, table.schema) == (0, SYSTEMS["event_log"].streams["events"])


@pytest.mark.parametrize("name", ["subject_id", "subject_type", "event_type", "occurred_at"])
def test_a_required_cell_must_not_be_empty(name: str) -> None:
    assert refusal_of(event(**{name: ""})) == (
        f"events.csv, record 1, {name} is empty: fill it in or remove the record"
    )


def test_a_required_column_must_be_there_once() -> None:
    assert "events.csv has no column 'subject_id'; its header is 'ticket'" in refusal_of("ticket\n")
    assert "its header is 'subject_id;x'" in refusal_of("subject_id;x\n1;2\n")
    assert refusal_of("subject_id,subject_id\n") == (
        "events.csv has the column 'subject_id' twice; remove one of them"
    )


@pytest.mark.parametrize(
    "text",
    ["2016-03-01T09:00:00", "2016-03-01", "2016-03-01 09:00", "1/3/2016 09:00", "1456822800",
     "2016-02-30T09:00:00Z", "2016-03-01T24:00:00Z", "2016-03-01T09:00:60Z", "now", "20160301T09Z",
     "2016-03-01T09:00:00.1234567Z", "2016-03-01T09:00:00+24:00", "2016-03-01T09:00:00z",
     " " + NINE, NINE + "\n", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
     "\uff12016-03-01T09:00:00Z"],
)  # fmt: skip
def test_what_is_no_instant_with_an_offset_is_refused(text: str) -> None:
    said = refusal_of(event(occurred_at=text))
    assert said.startswith("events.csv, record 1, occurred_at '")
    assert said.endswith("write an instant with its offset, for example 2016-03-01T09:00:00Z")


@pytest.mark.parametrize(
    "text",
    ["2016-03-01T09:00Z", "2016-03-01 09:00:00+00", "2016-03-01T11:00:00+02:00", NINE,
     "2016-03-01T04:30:00-0430", "2016-03-01T09:00:00.0Z", "2016-03-02T08:59:00+23:59"],
)  # fmt: skip
def test_every_spelling_of_an_instant_is_the_same_instant(text: str) -> None:
    [row] = parsed(terms_of(), "events", event(occurred_at=text)).to_pylist()
    assert row["occurred_at"] == datetime(2016, 3, 1, 9)


@given(st.from_regex(
    r"\A\d{4}-[01]\d-[0-3]\d[T ][0-2]\d:[0-6]\d(:[0-6]\d(\.\d{1,7})?)?(Z|[+-]\d\d(:?[0-6]\d)?)?\Z"
))  # fmt: skip
def test_files_and_contracts_read_instants_alike(text: str) -> None:
    try:
        expected = parse_instant(text).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        assert "occurred_at" in refusal_of(event(occurred_at=text))
        return
    [row] = parsed(terms_of(), "events", event(occurred_at=text)).to_pylist()
    assert row["occurred_at"] == expected


@pytest.mark.parametrize(
    "value",
    ["NaN", "inf", "-inf", "1e3", "1e400", "1,000.00", "1.000,00", "1.23456", "1.", ".5", "+1",
     "0x1", "1_000", " 1", "1 ", "four", "123456789012345", "-123456789012345", "\u0661",
     "1" * 5000],
)  # fmt: skip
def test_what_is_no_exact_number_is_refused(value: str) -> None:
    said = refusal_of(event(value=value))
    assert said.startswith(f"events.csv, record 1, value '{value[:80]}")
    assert "at most 14 digits before and 4 after a point" in said


@pytest.mark.parametrize(
    "value", ["0", "-0.5", "99999999999999.9999", "-99999999999999.9999", "007"]
)
def test_an_exact_number_is_kept_exactly(value: str) -> None:
    [row] = parsed(terms_of(), "events", event(value=value)).to_pylist()
    assert row["value"] == Decimal(value)


@pytest.mark.parametrize("value", ["case", "Ticket", "ticket ", "tickets", "=ticket"])
def test_an_unknown_subject_type_is_refused(value: str) -> None:
    assert refusal_of(event(subject_type=value)) == (
        f"events.csv, record 1, subject_type '{value}': "
        "write one of ticket, meeting, recovery, document, call, appointment"
    )


def test_an_actor_type_is_never_guessed() -> None:
    said = refusal_of(event(actor_type="bot"))
    assert "actor_type 'bot': write one of ai_agent, human_agent, requester, automation" in said


def test_an_unknown_event_type_stays_for_staging_to_refuse() -> None:
    [row] = parsed(terms_of(), "events", event(event_type="resolved")).to_pylist()
    assert (row["event_type"], row["file"], row["record_number"]) == ("resolved", "events.csv", 1)


def test_an_event_type_that_the_log_does_not_show_is_refused() -> None:
    log = events(*[{"subject_id": "t1", "subject_type": "ticket", "event_type": kind,
                    "occurred_at": NINE} for kind in ["solved"] * 6 + ["rated"]])  # fmt: skip
    assert refusal_of(log) == (
        "events.csv, record 7: event type 'rated' is not among what helpdesk shows; "
        "add it to sources.helpdesk.shows or remove it from the file"
    )


def test_a_refused_value_is_shown_short_and_on_one_line() -> None:
    said = refusal_of(event(actor_type="a\n\x1b[31m\u202e" + "x" * 500))
    assert r"'a\n\x1b[31m\u202exxx" in said
    assert len(said) < 260


def test_a_missing_event_id_is_derived_from_all_other_fields() -> None:
    one = {"event_id": "", "subject_id": "t1", "subject_type": "ticket", "event_type": "solved",
           "occurred_at": NINE, "actor_type": "ai_agent", "actor_id": "", "value": "", "unit": "",
           "related_subject_id": ""}  # fmt: skip
    other = {**one, "subject_id": "t1:1:x"}
    changes = [
        {"subject_id": "t2"}, {"event_type": "opened"}, {"actor_id": "x"}, {"unit": "x"},
        {"occurred_at": "2016-03-01T09:00:00.000001Z"}, {"value": "1"}, {"related_subject_id": "x"},
        {"actor_type": "unknown"}, {"subject_type": "call"}, {"event_id": "given"},
    ]  # fmt: skip
    log = events(one, one, other, *[{**one, **change} for change in changes])
    ids = parsed(terms_of(), "events", log)["event_id"].to_pylist()
    assert ids[0] == ids[1]
    assert len(set(ids)) == len(ids) - 1
    assert ids[-1] == "given"
    assert all(len(each) == 32 for each in ids[:-1])


def test_a_derived_event_id_is_the_same_for_ever() -> None:
    [row] = parsed(terms_of(), "events", event()).to_pylist()
    fields = b"2:t16:ticket6:solved26:2016-03-01 09:00:00.0000007:unknown----"
    assert row["event_id"] == hashlib.sha256(fields).hexdigest()[:32]


def test_ids_survive_whatever_they_hold() -> None:
    ids = ["a\nb", "=1+1", "<b>", "e\u0301", "\u00e9", "a\u200bb", "../../x", "';--", " a "]
    log = events(*[{"event_id": each, "subject_id": each, "subject_type": "ticket",
                    "event_type": "solved", "occurred_at": NINE} for each in ids])  # fmt: skip
    table = parsed(terms_of(), "events", log)
    assert table["event_id"].to_pylist() == table["subject_id"].to_pylist() == ids


def test_records_are_numbered_in_the_files_order(tmp_path: Path) -> None:
    record = f"t1,ticket,solved,{NINE}\n"
    log = "subject_id,subject_type,event_type,occurred_at\n" + record * 700_000
    (tmp_path / "log").write_text(log)
    numbers = parsed(terms_of(), "events", tmp_path / "log")["record_number"]
    assert numbers.num_chunks > 1
    assert numbers.to_pylist() == list(range(1, 700_001))
    with pytest.raises(SourceError, match="record 700001, occurred_at 'x'"):
        parsed(terms_of(), "events", log + "t1,ticket,solved,x\n")
