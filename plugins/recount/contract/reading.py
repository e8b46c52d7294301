"""Reading contracts from files; whatever is wrong is a ContractError with file and line."""

import stat
from pathlib import Path

from recount.contract.model import Contract
from recount.contract.tree import grow
from recount.errors import ContractError
from recount.exhausted import exhausted

CEILING_BYTES = 10_000_000


def read(path: Path) -> Contract:
    """Read one contract."""
    text = _text(path, _bytes(path))
    tree = grow(path, text)
    if not isinstance(tree.value, dict):
        raise tree.error((), "a contract is a mapping; begin with a line such as contract: acme")
    return Contract.grown_from(tree)


def read_all(path: Path) -> list[Contract]:
    """Read a file, or every *.yml and *.yaml of a folder in the order of their names."""
    return [read(file) for file in contract_files(path)]


def contract_files(path: Path) -> list[Path]:
    """Return the files that `read_all` reads; hidden ones and other folders are left out."""
    if not path.is_dir():
        return [path]
    files = sorted(
        file
        for file in path.iterdir()
        if file.suffix in (".yml", ".yaml") and not file.name.startswith(".")
    )
    if not files:
        raise ContractError(f"{path}: no contract is in this folder; add a file such as acme.yml")
    return files


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ContractError(f"{path}: this is no file; give the path of a contract")
        with path.open("rb") as file:
            data = file.read(CEILING_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise exhausted(error) or ContractError(
            f"{path}: the contract cannot be read ({reason}); give the path of a readable file"
        ) from error
    if len(data) > CEILING_BYTES:
        ceiling = f"{CEILING_BYTES:,} bytes"
        raise ContractError(f"{path}: the file is larger than {ceiling}; split it by contract")
    return data


def _text(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContractError(f"{path}:{line}: this is not UTF-8; save the file as UTF-8") from error
