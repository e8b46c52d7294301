"""Two years of months that are landed side by side read the same as one after the other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from recount import landing, pins
from recount.sweeping import unreferenced
from tests.end_to_end.buyer import Buyer
from tests.support.small import two_years, write_months

AS_OF = "2027-06-01T00:00:00Z"


def pinned(buyer: Buyer, period: str) -> dict[str, dict[str, object]]:
    """Land a month, and return what it will read."""
    return pins.pins_of(replace(buyer, period=period).land(AS_OF))


def test_months_that_are_landed_in_parallel_read_what_they_would_one_by_one(tmp_path: Path) -> None:
    months = two_years()
    contract = write_months(tmp_path / "files", dict.fromkeys(months, 2))
    one_by_one = Buyer(contract, tmp_path / "serial")
    serial = [pinned(one_by_one, period) for period in months]
    side_by_side = Buyer(contract, tmp_path / "parallel")
    with ThreadPoolExecutor(8) as workers:
        parallel = list(workers.map(lambda period: pinned(side_by_side, period), reversed(months)))
    assert parallel[::-1] == serial
    month = replace(side_by_side, period=months[0]).land(AS_OF)
    for stream in (("helpdesk", "events"), ("invoice", "lines")):
        assert len(landing.verify_chain(month.lake, "year", *stream)) == 24
    assert unreferenced(month.lake) == []
