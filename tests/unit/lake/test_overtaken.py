"""An attempt that was given up and lives on never has the last word."""

from pathlib import Path

import pytest

from recount.lake import Lake, open_lake
from recount.published import Overtaken, is_newest, newest, newest_number, publish


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path))


def test_who_began_before_another_published_is_refused(lake: Lake) -> None:
    began = newest_number(lake, "statements/march")
    publish(lake, "statements/march", {"disputed": "2.00"}, after=began)
    with pytest.raises(Overtaken, match=r"00000001\.json was published by another run"):
        publish(lake, "statements/march", {"disputed": "1.00"}, after=began)
    assert newest(lake, "statements/march") == {"disputed": "2.00"}


def test_saying_the_same_as_the_other_is_no_refusal(lake: Lake) -> None:
    key = publish(lake, "statements/march", {"disputed": "2.00"}, after=0)
    assert publish(lake, "statements/march", {"disputed": "2.00"}, after=0) == key


def test_who_began_after_the_other_comes_after_it(lake: Lake) -> None:
    first = publish(lake, "statements/march", {"disputed": "1.00"}, after=0)
    second = publish(lake, "statements/march", {"disputed": "2.00"}, after=1)
    assert (is_newest(lake, first), is_newest(lake, second)) == (False, True)
