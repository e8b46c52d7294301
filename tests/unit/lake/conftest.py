import logging
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from recount.lake import Lake, open_lake
from tests.unit.lake import ceph
from tests.unit.lake.faulty import FaultyServer


def _make_bucket(endpoint: str) -> str:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=ceph.ACCESS_KEY,
        aws_secret_access_key=ceph.SECRET_KEY,
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="recount")
    return endpoint


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield _make_bucket(f"http://{host}:{port}")
    server.stop()


@pytest.fixture(scope="session")
def ceph_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if missing := ceph.missing_program():
        pytest.skip(f"{missing} is not installed, so nothing is tested against Ceph's S3 gateway")
    with ceph.running_gateway(tmp_path_factory.mktemp("ceph")) as url:
        yield _make_bucket(url)


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Only our own AWS settings, whatever this machine has."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "AIRFLOW_CONN_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ceph.ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ceph.SECRET_KEY)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
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
