"""The zip of a pack: its bytes depend on what its members say, and on nothing else."""

import hashlib
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from recount.recomputing.packs import MANIFEST, canonical

_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX, _MODE = 3, 0o100644 << 16


def seal(folder: Path, rows: Mapping[str, int], facts: Mapping[str, Any]) -> None:
    """Write the manifest of all files of a folder into it: of each its hash, size and rows."""
    members = [
        {
            "name": path.name,
            "sha256": f"sha256:{_hash(path)}",
            "bytes": path.stat().st_size,
            "rows": rows.get(path.name),
        }
        for path in sorted(folder.iterdir())
    ]
    (folder / MANIFEST).write_bytes(canonical({**facts, "members": members}))


def zipped(files: Iterable[Path], path: Path) -> None:
    """Store files as they are, ordered by name, with no time and no machine in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(files):
            info = zipfile.ZipInfo(file.name, _EPOCH)
            info.create_system, info.external_attr = _UNIX, _MODE
            info.file_size = file.stat().st_size
            with file.open("rb") as data, archive.open(info, "w") as member:
                shutil.copyfileobj(data, member, 1 << 20)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
