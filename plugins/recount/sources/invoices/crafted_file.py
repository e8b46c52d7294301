"""Files that only a complex reader can read: it runs in a child that may fail without harm."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recount.errors import SourceError
from recount.sources.invoices import crafted_child
from recount.sources.words import shown

SECONDS = 600


def read_by_child(data: bytes | Path, file_name: str, kind: str, command: str, *more: str) -> bytes:
    """Return what the child writes about a file; SourceError if it fails."""
    # -P keeps this folder, whose modules have plain names, off the child's import path.
    child = [sys.executable, "-P", str(Path(crafted_child.__file__)), command]
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    with (
        _on_disk(data) as path,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as said,
    ):
        arguments = [*child, str(path), *more]
        try:
            code = subprocess.run(
                arguments, stdout=answer, stderr=said, env=alone, timeout=SECONDS, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
        if code != 0:
            said.seek(0)
            because = said.read(2000).decode("utf-8", "replace").strip() if code == 3 else ""
            raise SourceError(
                f"{file_name} cannot be read as {kind}: "
                f"{shown(because or 'it is damaged, or unfolds into too much')}; ask for it again"
            )
        answer.seek(0)
        return answer.read()


@contextmanager
def _on_disk(data: bytes | Path) -> Iterator[Path]:
    if isinstance(data, Path):
        yield data.absolute()
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        yield Path(file.name)
