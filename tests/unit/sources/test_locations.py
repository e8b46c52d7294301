"""A file is found where the contract says, copied once, and only its needed columns are kept."""

import hashlib
import io
import json
import os
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from recount.errors import ContractError, InvoiceMissing, SourceError, TransientError
from tests.unit.sources.logs import NINE, as_parquet, content_of, event, extracted, parsed, terms_of


def refusal_of(terms_base: Path, location: str, **settings: str) -> str:
    with pytest.raises(SourceError) as refused:
        extracted(terms_of(base=terms_base, location=location, **settings), terms_base)
    return str(refused.value)


@pytest.mark.parametrize(
    "place",
    ["log {period}.csv", "../acme/log {period}.csv", "{base}/log {period}.csv",
     "{uri}/log%20{period}.csv"],
)  # fmt: skip
def test_a_location_is_relative_to_the_contract_or_a_uri(tmp_path: Path, place: str) -> None:
    base = tmp_path / "acme"
    base.mkdir()
    (base / "log 2016-03.csv").write_text(event())
    location = place.replace("{base}", str(base)).replace("{uri}", base.as_uri())
    [log] = extracted(terms_of(base=base, location=location), tmp_path)
    assert content_of(log) == event().encode()
    assert log.pages[0].name == "log 2016-03.csv"
    assert log.request == {"location": location.replace("{period}", "2016-03")}


def test_the_subjects_are_a_stream_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(event())
    (tmp_path / "subjects.csv").write_text("subject_id,subject_type\nt1,ticket\nt2,ticket\n")
    log, subjects = extracted(terms_of(base=tmp_path, subjects="subjects.csv"), tmp_path)
    assert [(each.stream, each.pages[0].record_count) for each in (log, subjects)] == [
        ("events", 1), ("subjects", 2),
    ]  # fmt: skip


def test_a_missing_log_is_named_with_where_we_looked(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, "gone.csv") == (
        f"helpdesk: gone.csv is not there (looked in {tmp_path}); "
        "put it there or correct sources.helpdesk.location"
    )


def test_missing_subjects_are_named_by_their_own_key(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(event())
    said = refusal_of(tmp_path, "events.csv", subjects="gone.csv")
    assert said.endswith("put it there or correct sources.helpdesk.subjects")


def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for location in ("pipe", "/dev/zero"):
        assert "cannot be read: it is no file" in refusal_of(tmp_path, location)


def test_a_missing_invoice_can_be_told_from_one_that_is_wrong(tmp_path: Path) -> None:
    terms = terms_of("invoice", "recount_csv", tmp_path, location="{period}.csv")
    with pytest.raises(InvoiceMissing, match=r"2016-03\.csv is not there"):
        extracted(terms, tmp_path)
    (tmp_path / "2016-03.csv").write_text("wrong")
    with pytest.raises(SourceError) as refused:
        extracted(terms, tmp_path)
    assert not isinstance(refused.value, InvoiceMissing)


@pytest.mark.parametrize(
    ("location", "because"),
    [(".", "cannot be read: it is no file"), ("a\0b", "cannot be read"),
     ("x" * 300, "cannot be read: File name too long")],
)  # fmt: skip
def test_what_is_no_file_is_a_sentence(tmp_path: Path, location: str, because: str) -> None:
    assert because in refusal_of(tmp_path, location)


@pytest.mark.parametrize(
    "location", ["https://host/log.csv", "gs://b/log.csv", "file://host/log.csv"]
)
def test_a_location_that_cannot_be_read_from_is_an_error_in_the_contract(
    tmp_path: Path, location: str
) -> None:
    with pytest.raises(
        ContractError, match=rf"^acme.yml:7: sources.helpdesk.location: '{location}' is no"
    ):
        extracted(terms_of(location=location), tmp_path)


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"PK\x03\x04", "a zip archive or a workbook"), (b"\x1f\x8b", "compressed with gzip"),
     (b"\x28\xb5\x2f\xfd", "compressed with zstd"), (b"\xd0\xcf\x11\xe0", "an old workbook")],
)  # fmt: skip
def test_an_archive_is_refused_and_never_opened(tmp_path: Path, start: bytes, kind: str) -> None:
    (tmp_path / "log.csv").write_bytes(start + b"rest")
    assert refusal_of(tmp_path, "log.csv").startswith(f"log.csv is {kind}; unpack it")


def test_columns_that_nobody_needs_are_not_kept(tmp_path: Path) -> None:
    log = event(body="secret words", value="4.5", subject_id='a "b"\n, c')
    (tmp_path / "events.csv").write_text(log, newline="")
    [extraction] = extracted(terms_of(base=tmp_path), tmp_path)
    kept = content_of(extraction)
    [page] = extraction.pages
    assert (extraction.redacted, page.record_count) == (("body",), 1)
    assert b"secret words" not in kept
    assert page.received_sha256 == hashlib.sha256(log.encode()).hexdigest()
    assert parsed(terms_of(), "events", kept).equals(parsed(terms_of(), "events", log))


def test_columns_that_nobody_needs_are_not_kept_from_parquet(tmp_path: Path) -> None:
    columns = {"subject_id": ["t1"], "subject_type": ["ticket"], "event_type": ["solved"],
               "occurred_at": [NINE], "value": [4], "body": ["secret words"]}  # fmt: skip
    (tmp_path / "events.csv").write_bytes(as_parquet(columns, compression="none"))
    [extraction] = extracted(terms_of(base=tmp_path), tmp_path)
    kept = content_of(extraction)
    assert (extraction.redacted, extraction.pages[0].record_count) == (("body",), 1)
    assert b"secret words" not in kept
    assert parquet.read_schema(pa.BufferReader(kept)).names == list(columns)[:-1]


def test_a_log_without_records_keeps_its_header(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("subject_id,subject_type,event_type,occurred_at,body\n")
    [extraction] = extracted(terms_of(base=tmp_path), tmp_path)
    assert extraction.pages[0].record_count == 0
    assert parsed(terms_of(), "events", content_of(extraction)).num_rows == 0


def test_a_column_that_is_missing_is_said_with_the_files_own_header(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("Subject_ID,subject_type,event_type,occurred_at\n")
    assert "log.csv has no column 'subject_id'; its header is 'Subject_ID,sub" in refusal_of(
        tmp_path, "log.csv"
    )


def test_a_file_that_changes_while_we_read_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(event())
    [extraction] = extracted(terms_of(base=tmp_path), tmp_path)
    (tmp_path / "events.csv").write_text("changed")
    assert content_of(extraction) == event().encode()


def test_a_connection_that_is_not_defined_is_an_error_in_the_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_LOGS", raising=False)
    terms = terms_of(location="s3://bucket/log.csv", connection="logs")
    with pytest.raises(ContractError, match="'logs' is not defined; set AIRFLOW_CONN_LOGS"):
        extracted(terms, tmp_path)


def test_a_log_is_read_from_a_bucket(
    tmp_path: Path, bucket_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = {"conn_type": "aws", "login": "key", "password": "secret",
                  "extra": {"endpoint_url": bucket_url, "region_name": "us-east-1"}}  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_LOGS", json.dumps(connection))
    there = terms_of(location="s3://recount/acme/{period}/log.csv", connection="logs")
    [extraction] = extracted(there, tmp_path)
    assert content_of(extraction) == event().encode()
    [dropped] = extracted(terms_of(location="s3://recount/acme/", connection="logs"), tmp_path)
    assert [page.name for page in dropped.pages] == ["2016-03/log.csv"]
    gone = terms_of(location="s3://recount/gone.csv", connection="logs")
    with pytest.raises(SourceError, match=r"^helpdesk: s3://recount/gone.csv is not there; put it"):
        extracted(gone, tmp_path)


def test_a_bucket_that_cannot_be_reached_may_be_reached_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = "aws://key:secret@/?endpoint_url=http%3A%2F%2F127.0.0.1%3A1&region_name=x"
    monkeypatch.setenv("AIRFLOW_CONN_LOGS", uri)
    with pytest.raises(
        TransientError, match=r"s3://recount/log.csv: the storage cannot be reached"
    ):
        extracted(terms_of(location="s3://recount/log.csv", connection="logs"), tmp_path)


def test_what_is_written_is_a_file_that_others_read(tmp_path: Path) -> None:
    table = pa.table({"a": ["x"]})
    file = io.BytesIO()
    parquet.write_table(table, file)
    assert as_parquet({"a": ["x"]}) == file.getvalue()
