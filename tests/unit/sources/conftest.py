import logging
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.unit.sources.logs import event


@pytest.fixture(scope="session")
def bucket_url() -> Iterator[str]:
    """An S3 server with one event log in it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="recount")
    client.put_object(Bucket="recount", Key="acme/2016-03/log.csv", Body=event().encode())
    yield url
    server.stop()
