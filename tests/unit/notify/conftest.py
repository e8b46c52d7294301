"""A lake, and the way mails go from it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recount.lake import Lake, open_lake
from recount.notify.delivery import Post

AT = datetime(2016, 5, 1, 8, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path / "lake"))


@pytest.fixture
def outbox(lake: Lake) -> Post:
    """The way of mails without a server."""
    return Post(lake, None, AT)
