"""JSON Lines are read as exactly as CSV: figures as they were written, and nothing is guessed."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.errors import SourceError
from recount.sources import json_records
from tests.unit.sources.logs import NINE, content_of, event, extracted, parsed, terms_of

ONE = {"subject_id": "t1", "subject_type": "ticket", "event_type": "solved", "occurred_at": NINE}


def text(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def refusal_of(content: str | bytes) -> str:
    with pytest.raises(SourceError) as refused:
        parsed(terms_of(), "events", content, "log.jsonl")
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_record_is_the_same_event_as_in_csv() -> None:
    more = {"event_id": "e1", "actor_type": "ai_agent", "value": "4.5", "unit": "score_of_5"}
    from_json = parsed(terms_of(), "events", text({**ONE, **more}), "a.file")
    assert from_json == parsed(terms_of(), "events", event(**more), "a.file")


@pytest.mark.parametrize(
    ("written", "value"),
    [("4", "4"), ("4.10", "4.1"), ('"4.5"', "4.5"), ("null", None), ('""', None)],
)
def test_a_figure_is_what_was_written(written: str, value: str | None) -> None:
    line = text(ONE).replace("}", f', "value": {written}}}')
    [found] = parsed(terms_of(), "events", line).column("value").to_pylist()
    assert found == (None if value is None else Decimal(value))


def test_more_digits_than_are_kept_are_refused_and_not_rounded() -> None:
    assert "value" in refusal_of(text(ONE).replace("}", ', "value": 0.123456789012345678}'))


def test_keys_may_differ_from_line_to_line_and_blank_lines_are_none() -> None:
    lines = text({**ONE, "actor_id": "bot"}) + "\n  \n" + text({**ONE, "unit": "minutes"})
    rows = parsed(terms_of(), "events", "\ufeff" + lines).to_pylist()
    assert [(row["record_number"], row["actor_id"], row["unit"]) for row in rows] == [
        (1, "bot", None), (2, None, "minutes"),
    ]  # fmt: skip


def test_attributes_are_an_object_and_truth_is_a_word(tmp_path: Path) -> None:
    subject = {"subject_id": "t1", "subject_type": "ticket", "is_test": True,
               "attributes": {"form": "C-10", "size": 2}}  # fmt: skip
    [row] = parsed(terms_of(), "subjects", text(subject)).to_pylist()
    assert row["is_test"] is True
    assert json.loads(row["attributes"]) == {"form": "C-10", "size": "2"}


@pytest.mark.parametrize(("line", "because"), [
    ('{"subject_id": "t1"', "record 2 is no JSON object ("),
    ("[1]", "record 2 is no JSON object; write one on each line"),
    ('"t1"', "record 2 is no JSON object; write one on each line"),
    ('{"value": 1, "value": 2}', "the key value stands in it twice"),
    ('{"attributes": {"a": 1, "a": 2}}', "the key a stands in it twice"),
    ("{" * 100_000, "record 2 is no JSON object ("),
    ('{"a": "\udcff"}', "record 2 is not UTF-8 text"),
])  # fmt: skip
def test_a_line_that_is_no_record_is_named(line: str, because: str) -> None:
    content = (text(ONE) + line + "\n").encode("utf-8", "surrogateescape")
    said = refusal_of(content)
    assert said.startswith("log.jsonl, record 2 is ")
    assert because in said


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "LINE_BYTES", 200)
    assert "is longer than 4 MiB" in refusal_of(text({**ONE, "actor_id": "x" * 200}))


def test_a_column_that_is_missing_is_said() -> None:
    without = {name: cell for name, cell in ONE.items() if name != "occurred_at"}
    assert "log.jsonl has no column 'occurred_at'" in refusal_of(text(without))


def test_what_nobody_needs_is_not_kept(tmp_path: Path) -> None:
    secret = {**ONE, "value": 4.50, "body": "My card is 4111 1111", "more": {"name": "Bo"}}
    (tmp_path / "log.jsonl").write_text(text(secret, {**ONE, "event_id": "e2"}))
    [log] = extracted(terms_of(base=tmp_path, location="log.jsonl"), tmp_path)
    assert log.redacted == ("body", "more")
    assert log.pages[0].received_sha256 is not None
    kept = content_of(log)
    assert b"4111" not in kept
    assert b"Bo" not in kept
    assert parsed(terms_of(), "events", kept).column("value").to_pylist() == [Decimal("4.5"), None]


def test_a_file_without_more_is_landed_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(text(ONE))
    [log] = extracted(terms_of(base=tmp_path, location="log.jsonl"), tmp_path)
    assert content_of(log) == text(ONE).encode()
    assert log.pages[0].record_count == 1
