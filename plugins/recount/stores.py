"""Object stores, opened by URI; what goes wrong there is said in one sentence without secrets."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import LocalStore, ObjectStore, S3Store

from recount import connections
from recount.errors import RecountError, TransientError
from recount.exhausted import exhausted

# A retry sends the same conditional put again, so it can never overwrite; bounded, so that a run
# ends while somebody still waits for it.
_RETRIES: Any = {
    "max_retries": 4,
    "retry_timeout": timedelta(minutes=2),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=5),
        "base": 2,
    },
}
_TIMES: Any = {"connect_timeout": "5s", "read_timeout": "60s", "timeout": "1h"}


class StoreError(RecountError):
    """The storage cannot be used as it is configured."""


@dataclass(frozen=True)
class Place:
    """A folder or a bucket with a prefix, and the URI that people know it by (no slash behind)."""

    store: ObjectStore
    uri: str


def folder(path: Path) -> Place:
    """Open a folder of this machine, made if it is not there; StoreError if it cannot be."""
    try:
        whole = path.expanduser().resolve()
        whole.mkdir(parents=True, exist_ok=True)
        return Place(LocalStore(prefix=whole), whole.as_uri())
    except OSError as problem:
        raise StoreError(f"{path} cannot be used as a folder: {problem.strerror}") from None


def bucket(uri: str, connection_id: str | None) -> Place:
    """Open a bucket (`s3://bucket/prefix`) with the credentials and endpoint of that connection.

    Where it is not defined, boto3's own settings count (environment, profile, role).
    """
    parts = urlsplit(uri)
    if not parts.netloc or parts.query or parts.fragment:
        raise StoreError(f"{uri} names no bucket; write s3://bucket/prefix")
    prefix = unquote(parts.path).strip("/")
    place = f"s3://{parts.netloc}/{prefix}".rstrip("/")
    connection = connections.find(connection_id) if connection_id else None
    session, asking = _session(place, connection)
    endpoint = asking.meta.endpoint_url
    store = S3Store(
        parts.netloc,
        prefix=prefix or None,
        region=session.region_name or "us-east-1",
        # Said twice and in full, because obstore reads AWS_* variables of its own as well.
        endpoint=endpoint,
        aws_endpoint_url_s3=endpoint,
        conditional_put="etag",
        skip_signature=False,
        credential_provider=_credentials(place, session),
        client_options=_TIMES | {"allow_http": endpoint.startswith("http://")},
        retry_config=_RETRIES,
    )
    return Place(store, place)


@contextmanager
def in_one_sentence(what: str) -> Iterator[None]:
    """Turn a store's errors about `what` (a URI) into ours.

    An object that exists already or is missing stays obstore's own error: the caller knows what
    it means. TransientError is worth a retry, StoreError is not.
    """
    try:
        yield
    except (UnauthenticatedError, PermissionDeniedError):
        raise StoreError(
            f"{what}: the storage refuses our credentials; check the key, its secret and its rights"
        ) from None
    except AlreadyExistsError:
        raise
    except FileNotFoundError as problem:
        if "NoSuchBucket" in str(problem):
            raise _no_bucket(what) from None
        raise
    except (BaseError, OSError) as problem:
        raise _sentence(what, str(problem)) from None


def _no_bucket(what: str) -> StoreError:
    return StoreError(f"{what}: the bucket does not exist; create it or correct the URI")


def _sentence(what: str, said: str) -> RecountError:
    # What a store said is only looked at, never repeated: it can quote requests and headers.
    status = re.search(r"non-2xx status code: (\d{3})", said)
    system_error = re.search(r"\(os error (\d+)\)", said)
    if "NoSuchBucket" in said:
        return _no_bucket(what)
    if status and status[1] in ("401", "403"):
        return StoreError(f"{what}: the storage refuses our credentials; check them")
    if status and status[1] < "500":
        return StoreError(
            f"{what}: the storage answers {status[1]}; check the endpoint, bucket and region"
        )
    if status:
        return TransientError(f"{what}: the storage keeps answering {status[1]}; run again later")
    if "redirect" in said:
        return StoreError(f"{what}: the bucket is in another region; set AWS_REGION")
    if system_error:
        because = os.strerror(number := int(system_error[1]))
        return exhausted(OSError(number, because, what)) or StoreError(f"{what}: {because}")
    return TransientError(f"{what}: the storage cannot be reached; check the endpoint or run again")


def client(uri: str, connection_id: str) -> Any:
    """Return boto3's client of a bucket's storage, for what obstore cannot ask; as in `bucket`."""
    return _session(uri, connections.find(connection_id))[1]


def _session(place: str, connection: connections.Connection | None) -> tuple[Any, Any]:
    # Imported here because plain files need no boto3, and it takes long to import.
    import boto3
    from botocore.exceptions import BotoCoreError

    extra = dict(connection.extra) if connection else {}
    signed_in = connection is not None and bool(connection.login)
    try:
        session = boto3.Session(
            aws_access_key_id=connection.login if connection and signed_in else None,
            aws_secret_access_key=connection.password if connection and signed_in else None,
            aws_session_token=extra.get("aws_session_token") if signed_in else None,
            region_name=extra.get("region_name"),
            profile_name=extra.get("profile_name"),
        )
        region = session.region_name or "us-east-1"
        endpoint = extra.get("endpoint_url")
        return session, session.client("s3", region_name=region, endpoint_url=endpoint)
    except (BotoCoreError, ValueError) as problem:
        raise StoreError(
            f"{place}: boto3 does not accept the AWS settings ({type(problem).__name__}); "
            "check the profile, the region and the endpoint"
        ) from None


def _credentials(place: str, session: Any) -> Any:
    from botocore.exceptions import BotoCoreError
    from obstore.auth.boto3 import Boto3CredentialProvider

    try:
        provider = Boto3CredentialProvider(session)
        provider()
        return provider
    except (ValueError, AssertionError, BotoCoreError):
        raise StoreError(
            f"{place}: no AWS credentials found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "a profile, or the connection"
        ) from None
