"""Files that were dropped into a folder or a bucket are one log."""

from pathlib import Path

import pytest

from recount.errors import SourceError
from tests.unit.sources.logs import event, extracted, terms_of
from tests.unit.sources.test_json_records import ONE, text


def dropped(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(event(event_id=name))


@pytest.mark.parametrize("place", ["drop/", "{base}/drop/", "{uri}/drop/"])
def test_each_file_of_a_folder_is_a_page_in_the_order_of_names(tmp_path: Path, place: str) -> None:
    dropped(tmp_path / "drop", "b.csv", "2026/a b%.csv", "a.csv")
    (tmp_path / "drop" / "c.jsonl").write_text(text(ONE))
    location = place.replace("{base}", str(tmp_path)).replace("{uri}", tmp_path.as_uri())
    [log] = extracted(terms_of(base=tmp_path, location=location), tmp_path)
    assert [page.name for page in log.pages] == ["2026/a b%.csv", "a.csv", "b.csv", "c.jsonl"]
    assert [page.record_count for page in log.pages] == [1, 1, 1, 1]
    assert log.request == {"location": location}


def test_what_others_leave_beside_the_files_is_passed_over(tmp_path: Path) -> None:
    dropped(tmp_path / "drop", "a.csv", "_SUCCESS", ".part", "_temporary/b.csv")
    [log] = extracted(terms_of(base=tmp_path, location="drop/"), tmp_path)
    assert [page.name for page in log.pages] == ["a.csv"]


@pytest.mark.parametrize("names", [(), ("_SUCCESS",)])
def test_an_empty_folder_is_no_log(tmp_path: Path, names: tuple[str, ...]) -> None:
    (tmp_path / "drop").mkdir()
    dropped(tmp_path / "drop", *names)
    with pytest.raises(SourceError, match=r"helpdesk: drop/ holds no file \(looked in .*\); put"):
        extracted(terms_of(base=tmp_path, location="drop/"), tmp_path)


def test_what_any_of_the_files_says_too_much_is_left_out(tmp_path: Path) -> None:
    dropped(tmp_path / "drop", "a.csv")
    (tmp_path / "drop" / "b.jsonl").write_text(text({**ONE, "body": "My name is Bo"}))
    [log] = extracted(terms_of(base=tmp_path, location="drop/"), tmp_path)
    assert log.redacted == ("body",)
    assert [page.received_sha256 is None for page in log.pages] == [True, False]
