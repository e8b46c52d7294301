from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from recount.lake import Lake, open_lake
from tests.support.s3 import moto, sign_in, with_a_bucket
from tests.unit.lake import ceph
from tests.unit.lake.faulty import FaultyServer


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture(scope="session")
def ceph_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if missing := ceph.missing_program():
        pytest.skip(f"{missing} is not installed, so nothing is tested against Ceph's S3 gateway")
    with ceph.running_gateway(tmp_path_factory.mktemp("ceph")) as url:
        yield with_a_bucket(url)


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Only our own AWS settings, whatever this machine has."""
    sign_in(monkeypatch, tmp_path)
    return monkeypatch


@pytest.fixture(params=["file", "moto", "ceph"])
def lake(request: pytest.FixtureRequest, signed_in: pytest.MonkeyPatch, tmp_path: Path) -> Lake:
    if request.param == "file":
        return open_lake(str(tmp_path / "lake"))
    signed_in.setenv("AWS_ENDPOINT_URL", request.getfixturevalue(f"{request.param}_url"))
    return open_lake(f"s3://recount/{uuid4().hex}")


@pytest.fixture
def faulty(moto_url: str, signed_in: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    with FaultyServer(moto_url) as server:
        signed_in.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


@pytest.fixture
def faulty_lake(faulty: FaultyServer) -> Lake:
    return open_lake(f"s3://recount/{uuid4().hex}")


@pytest.fixture
def disk(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path / "lake"))
