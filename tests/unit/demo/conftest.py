"""The bundled quarter, written once and read once."""

import pytest

from tests.unit.demo.written import CountedByHand, write_and_read


@pytest.fixture(scope="session")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> CountedByHand:
    """The bundled quarter at its own size."""
    return write_and_read(tmp_path_factory.mktemp("quarter"))
