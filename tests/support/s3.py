"""An S3 server of the tests' own, and the settings by which one signs in to it."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

BUCKET, ACCESS_KEY, SECRET_KEY = "recount", "recount", "recount-test-secret"


@contextmanager
def moto() -> Iterator[str]:
    """Run moto's server with a bucket in it, and yield its URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield with_a_bucket(f"http://{host}:{port}")
    server.stop()


def with_a_bucket(endpoint: str) -> str:
    """Make the bucket at an endpoint, and return the endpoint."""
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=BUCKET)
    return endpoint


def sign_in(environment: pytest.MonkeyPatch, folder: Path) -> None:
    """Have only our own AWS settings, whatever this machine has."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "AIRFLOW_CONN_"))]:
        environment.delenv(name)
    environment.setenv("AWS_CONFIG_FILE", str(folder / "no-config"))
    environment.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "no-credentials"))
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    environment.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    environment.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    environment.setenv("AWS_REGION", "us-east-1")
