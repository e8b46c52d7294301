"""A CSV file is read record by record, or refused with the record's number."""

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.errors import SourceError
from recount.sources import csv_records
from recount.sources.csv_quotes import QuotedFile


def rows_of(text: bytes | str, wanted: tuple[str, ...] = ("a", "b")) -> list[dict[str, str | None]]:
    data = text.encode() if isinstance(text, str) else text
    return [
        row for batch in csv_records.batches(data, "f.csv", wanted) for row in batch.to_pylist()
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_are_no_data(end: str, mark: str) -> None:
    for last in ("", end, end * 2):
        text = f'{mark}"a",b{end}1,2{end}{end}3,{last}'
        assert rows_of(text) == [{"a": "1", "b": "2"}, {"a": "3", "b": None}]


@pytest.mark.parametrize("text", ["a,b", "a,b\n", "\na,b\n\n", '"a","b"\r\n'])
def test_a_header_alone_is_a_file_without_records(text: str) -> None:
    assert rows_of(text) == []
    assert [batch.schema.names for batch in csv_records.batches(text.encode(), "f", "ab")] == [
        ["a", "b"]
    ]


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n", "\ufeff"])
def test_an_empty_file_has_no_header(text: str) -> None:
    with pytest.raises(SourceError, match=r"^f.csv is empty; write a header"):
        rows_of(text)


@pytest.mark.parametrize(
    "value",
    ["a\nb", "a\r\nb", 'say "x"', "=1+1", "+1", "-1", "@x", "\t=1", "\uff1d1", "<script>",
     "{{ x }}",
     "'; drop table x; --", "\u202eabc", "a\u200bb", "e\u0301", "\x1b[31m", "NULL", "nan", " a "],
)  # fmt: skip
def test_what_a_cell_holds_is_data_and_survives(value: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["a", "b"], [value, "x"]])
    assert rows_of(file.getvalue()) == [{"a": value, "b": "x"}]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_whatever_a_writer_writes_is_read_back(records: list[tuple[str, str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *records])
    expected = [{"a": one or None, "b": other or None} for one, other in records]
    assert rows_of(file.getvalue()) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n\n3\n", "record 2: 1 instead of 2 cells in '3'"),
        ('a,b\n"1\nx",2\n3,4,5\n', "record 2: 3 instead of 2 cells in '3,4,5'"),
        ('a,b\n1,"2\n3,4\n', "line 2: a quote is opened and never closed"),
        ('a,b\n1,"2\n3,"4\n', "line 3: a quote stands beside other text"),
        ('a,b\n1,x"y\n', "line 2: a quote stands beside other text"),
    ],
)
def test_a_record_that_is_not_as_wide_as_the_header_is_named(text: str, sentence: str) -> None:
    with pytest.raises(SourceError) as refused:
        rows_of(text)
    assert str(refused.value).startswith(f"f.csv, {sentence}")


def test_a_bad_record_far_into_a_file_has_its_own_number() -> None:
    good = b"a,b\n" + b"1,2\n" * 5_000_000
    with pytest.raises(SourceError, match="record 5000001: 1 instead of 2 cells in '5'"):
        rows_of_count(good + b"5\n")
    with pytest.raises(SourceError, match="record 5000001 is not UTF-8"):
        rows_of_count(good + b"5,\xff\n")


def rows_of_count(data: bytes) -> int:
    return sum(batch.num_rows for batch in csv_records.batches(data, "f.csv", ("a", "b")))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_another_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(SourceError, match="UTF-8"):
        rows_of("a,b\n1,2\n".encode(encoding))


def test_latin_1_is_refused_where_it_stands() -> None:
    with pytest.raises(SourceError, match="record 2 is not UTF-8; save the file as CSV UTF-8"):
        rows_of("a,b\n1,2\nMüller,3\n".encode("latin-1"))


def test_a_field_of_a_hundred_megabytes_is_refused_early(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(b'a,b\n1,"' + b"x" * 100_000_000 + b'"\n')
    with pytest.raises(SourceError, match="a record longer than 4 MiB"):
        list(csv_records.batches(tmp_path / "f.csv", "f.csv", ("a", "b")))


def test_quotes_are_checked_the_same_wherever_a_block_ends() -> None:
    choice = random.Random(20160301)
    for _ in range(20_000):
        text = "".join(choice.choices('a,"\n', k=choice.randint(0, 12))).encode()
        whole = _refusal(text, lambda: 100)
        assert _refusal(text, lambda: choice.randint(1, 3)) == whole
        assert (whole is None) == _is_well_quoted(text.decode())


def _refusal(text: bytes, size: Callable[[], int]) -> str | None:
    file, out = QuotedFile(io.BytesIO(text), "f"), b""
    try:
        while piece := file.read(size()):
            out += piece
    except SourceError as refused:
        return str(refused)
    assert out == text + b"\n"
    return None


def _is_well_quoted(text: str) -> bool:
    """A slow and obvious reading of RFC 4180, one character at a time."""
    state = "start"
    for letter in text:
        if state == "quoted":
            state = "after quote" if letter == '"' else "quoted"
        elif letter == '"':
            if state == "plain":
                return False
            state = "quoted"
        elif letter in ",\n":
            state = "start"
        elif state == "after quote":
            return False
        else:
            state = "plain"
    return state != "quoted"
