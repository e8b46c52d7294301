"""The server of the benchmark serves as many updates as it says, or it measures nothing."""

from pathlib import Path

from recount.lake import open_lake
from recount.landing import verify_chain
from tests.benchmarks.extraction import EndlessDesk, extract


def test_every_update_is_landed_once(tmp_path: Path) -> None:
    with EndlessDesk(2_500) as desk:
        extract(desk, tmp_path, 600_000)
    (manifest,) = verify_chain(
        open_lake(str(tmp_path / "lake")), "acme", "helpdesk", "ticket_events"
    )
    assert (manifest.record_count, len(manifest.pages)) == (2_500, 3)
