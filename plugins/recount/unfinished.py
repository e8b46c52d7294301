"""Uploads that were left half done: data of nobody, which no listing shows and no run reads.

On plain files, the file beside its key into which a writer writes until it is whole. On S3, an
upload in parts: Recount makes none, so it is of a tool that copies lakes, and it is paid for.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from recount.errors import TransientError
from recount.lake import CONNECTION, Lake
from recount.periods import format_instant
from recount.stores import StoreError, client

# As obstore names it, and leaves it out when it lists: the key cannot have a `#` (`lake._KEY`).
_BEING_WRITTEN = re.compile(r"(.+)#\d+", re.ASCII)


@dataclass(frozen=True)
class Upload:
    """An upload that did not end. Of a file, `begun_at` is when it was written to last."""

    key: str
    begun_at: datetime
    id: str

    def as_json(self) -> dict[str, str]:
        """The upload as JSON has it."""
        return {"key": self.key, "begun_at": format_instant(self.begun_at), "id": self.id}


def unfinished(lake: Lake) -> list[Upload]:
    """Return the uploads under the lake's prefix that did not end, by key.

    A run that is under way has some too. StoreError where the storage does not let us list them.
    """
    found = _in_bucket(lake) if _is_bucket(lake) else _in_folder(_folder(lake))
    return sorted(found, key=lambda upload: (upload.key, upload.begun_at, upload.id))


def abort(lake: Lake, upload: Upload) -> None:
    """Give back what an upload holds; success where it is gone already."""
    if not _is_bucket(lake):
        (_folder(lake) / upload.id).unlink(missing_ok=True)
        return
    bucket, prefix = _bucket(lake)
    with _in_one_sentence(lake):
        storage = client(lake.place.uri, CONNECTION)
        try:
            storage.abort_multipart_upload(
                Bucket=bucket, Key=prefix + upload.key, UploadId=upload.id
            )
        except storage.exceptions.NoSuchUpload:
            return


def _in_folder(folder: Path) -> Iterator[Upload]:
    for path in folder.rglob("*#*"):
        name = path.relative_to(folder).as_posix()
        if (being_written := _BEING_WRITTEN.fullmatch(name)) and path.is_file():
            begun_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield Upload(being_written[1], begun_at, name)


def _in_bucket(lake: Lake) -> list[Upload]:
    bucket, prefix = _bucket(lake)
    with _in_one_sentence(lake):
        pages = client(lake.place.uri, CONNECTION).get_paginator("list_multipart_uploads")
        return [
            Upload(each["Key"].removeprefix(prefix), each["Initiated"], each["UploadId"])
            for page in pages.paginate(Bucket=bucket, Prefix=prefix)
            for each in page.get("Uploads", ())
        ]


def _is_bucket(lake: Lake) -> bool:
    return lake.place.uri.startswith("s3://")


def _folder(lake: Lake) -> Path:
    return Path(unquote(urlsplit(lake.place.uri).path))


def _bucket(lake: Lake) -> tuple[str, str]:
    bucket, _, prefix = lake.place.uri.removeprefix("s3://").partition("/")
    return bucket, f"{prefix}/" if prefix else ""


@contextmanager
def _in_one_sentence(lake: Lake) -> Iterator[None]:
    # Imported here because plain files need no boto3, and it takes long to import.
    from botocore.exceptions import BotoCoreError, ClientError

    where = lake.place.uri
    try:
        yield
    except ClientError as refusal:
        said: Any = refusal.response
        code = str(said.get("Error", {}).get("Code", "no reason"))
        raise StoreError(
            f"{where}: the storage does not let us list and abort unfinished uploads ({code}); "
            "check the bucket, and that the credentials may do so"
        ) from None
    except BotoCoreError as problem:
        raise TransientError(
            f"{where}: the storage cannot be reached ({type(problem).__name__}); check the "
            "endpoint or run again"
        ) from None
