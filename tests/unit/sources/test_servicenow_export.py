"""An incident history keeps its order, its local times become UTC, its callers become keys."""

import hashlib
import hmac
import os
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from recount.errors import SourceError
from recount.sources import SYSTEMS
from recount.sources.requesters import DEFAULT_REQUESTER_KEY
from tests.unit.sources.logs import content_of, extracted, parsed, terms_of

TERMS = terms_of(system="servicenow_export")
REAL_LOG = Path(os.environ.get("RECOUNT_UCI_LOG", "/nowhere"))
HEADER = (
    "number,incident_state,sys_mod_count,sys_updated_by,sys_updated_at,opened_at,caller_id,"
    "contact_type,short_description\n"
)


def export(*updated_at: str, caller: str = "Caller 1") -> str:
    lines = [f"INC1,New,{n},Updated by 9,{at},?,{caller},?,my card 4111\n"
             for n, at in enumerate(updated_at)]  # fmt: skip
    return HEADER + "".join(lines)


def landed(tmp_path: Path, text: str) -> bytes:
    (tmp_path / "events.csv").write_text(text)
    [extraction] = extracted(terms_of(system="servicenow_export", base=tmp_path), tmp_path)
    return content_of(extraction)


def times_of(*updated_at: str, **settings: Any) -> list[str]:
    terms = terms_of(system="servicenow_export", **settings)
    rows = parsed(terms, "rows", export(*updated_at)).to_pylist()
    return [f"{row['sys_updated_at']:%d %H:%M}" for row in rows]


def test_an_update_is_typed_exactly(tmp_path: Path) -> None:
    table = parsed(TERMS, "rows", landed(tmp_path, export("29/2/2016 01:16")))
    assert table.schema == SYSTEMS["servicenow_export"].streams["rows"]
    [row] = table.to_pylist()
    assert row["sys_updated_at"] == datetime(2016, 2, 29, 0, 16)
    assert (row["number"], row["incident_state"], row["sys_mod_count"]) == ("INC1", "New", 0)
    assert (row["opened_at"], row["contact_type"], row["reopen_count"]) == (None, None, None)


def test_neither_text_nor_callers_are_kept(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(export("29/2/2016 01:16"))
    terms = terms_of(system="servicenow_export", base=tmp_path)
    [extraction] = extracted(terms, tmp_path)
    assert extraction.redacted == ("caller_id", "short_description")
    assert b"4111" not in content_of(extraction)
    assert b"Caller" not in content_of(extraction)


@pytest.mark.parametrize("secret", ["", "of this company"])
def test_a_requester_key_is_a_keyed_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("RECOUNT_REQUESTER_KEY", secret)
    [row] = parsed(TERMS, "rows", landed(tmp_path, export("1/3/2016 09:00"))).to_pylist()
    key = (secret or DEFAULT_REQUESTER_KEY).encode()
    assert row["requester_key"] == hmac.new(key, b"Caller 1", hashlib.sha256).hexdigest()[:32]


@pytest.mark.parametrize("caller", ["?", ""])
def test_nobody_has_no_key(tmp_path: Path, caller: str) -> None:
    text = export("1/3/2016 09:00", caller=caller)
    [row] = parsed(TERMS, "rows", landed(tmp_path, text)).to_pylist()
    assert row["requester_key"] is None


def test_the_files_order_is_kept_whatever_the_times_say(tmp_path: Path) -> None:
    rows = parsed(TERMS, "rows", export("2/3/2016 09:00", "1/3/2016 09:00")).to_pylist()
    assert [(row["record_number"], row["sys_mod_count"]) for row in rows] == [(1, 0), (2, 1)]


def test_a_skipped_hour_reads_with_the_offset_before_the_change() -> None:
    skipped = ("27/3/2016 01:59", "27/3/2016 02:00", "27/3/2016 02:30", "27/3/2016 03:00")
    assert times_of(*skipped) == ["27 00:59", "27 01:00", "27 01:30", "27 01:00"]


def test_a_repeated_hour_is_the_first_one() -> None:
    repeated = ("30/10/2016 01:59", "30/10/2016 02:30", "30/10/2016 03:00")
    assert times_of(*repeated) == ["29 23:59", "30 00:30", "30 02:00"]


def test_the_exports_own_zone_wins_over_the_contracts() -> None:
    assert times_of("1/3/2016 09:00", time_zone="America/New_York") == ["01 14:00"]
    assert times_of("1/3/2016 09:00") == ["01 08:00"]


@pytest.mark.parametrize(
    "text",
    ["30/2/2016 01:16", "2/13/2016 01:16", "1/3/2016 24:00", "1/3/2016", "1/3/16 09:00",
     "2016-03-01 09:00", "1/3/2016 09:00:00", "1/1/0000 00:00", "1/1/0001 00:00"],
)  # fmt: skip
def test_what_is_no_local_time_is_refused(text: str) -> None:
    with pytest.raises(SourceError) as refused:
        times_of("1/3/2016 09:00", text)
    assert str(refused.value) == (
        f"events.csv, record 2, sys_updated_at '{text}': write a local time such as 29/2/2016 01:16"
    )


def test_a_missing_required_value_is_refused() -> None:
    with pytest.raises(SourceError, match="record 1, sys_updated_at is empty"):
        times_of("?")


@pytest.mark.skipif(
    not REAL_LOG.is_file(),
    reason="RECOUNT_UCI_LOG does not point to incident_event_log.zip (doi.org/10.24432/C57S4H)",
)
def test_the_real_log_is_read_whole(tmp_path: Path) -> None:
    with zipfile.ZipFile(REAL_LOG) as archive:
        archive.extract("incident_event_log.csv", tmp_path)
    location = str(tmp_path / "incident_event_log.csv")
    terms = terms_of(system="servicenow_export", location=location)
    [extraction] = extracted(terms, tmp_path)
    rows = parsed(terms, "rows", content_of(extraction))
    assert rows.num_rows == extraction.pages[0].record_count == 141_712
    assert len(rows["number"].unique()) == 24_918
    assert rows["record_number"].to_pylist() == list(range(1, 141_713))
    assert len(rows["requester_key"].unique().drop_null()) == 5_244
