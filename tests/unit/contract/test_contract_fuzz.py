"""Whatever a file holds, the reader reads it or says why not."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recount.contract.canonical import canonical_json
from recount.contract.reading import read
from recount.contract.tables import terms_tables
from recount.errors import ContractError
from tests.unit.contract.acme import ACME, contract_of

PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["[", "]", "{", "}", ": ", "- ", "? ", "'", '"', "|\n", "\n", "&a ", "*a"]),
    st.sampled_from(["no", "1e400", "~", "0.99", "\\x00", "\ufeff", "\u2028", "\x85", "%YAML 9"]),
)
OFTEN = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read_or_refuse(file: Path, data: bytes) -> None:
    """Read a contract to its end, or see it refused with file and line."""
    file.write_bytes(data)
    refusal = None
    try:
        contract = read(file)
        terms_tables([contract])
        canonical_json(contract)
    except ContractError as error:
        refusal = str(error)
    assert refusal is None or re.match(rf"{re.escape(str(file))}:\d+: .", refusal)


@OFTEN
@given(data=st.one_of(st.binary(max_size=200), st.lists(PIECES).map(lambda p: "".join(p).encode())))
def test_any_bytes_are_read_or_refused_with_their_place(tmp_path: Path, data: bytes) -> None:
    read_or_refuse(tmp_path / "any.yml", data)


@OFTEN
@given(start=st.integers(0, len(ACME)), length=st.integers(0, 40), piece=PIECES)
def test_a_contract_with_any_part_replaced_is_read_or_refused(
    tmp_path: Path, start: int, length: int, piece: str
) -> None:
    changed = ACME[:start] + piece + ACME[start + length :]

    read_or_refuse(tmp_path / "changed.yml", changed.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("line", range(ACME.count("\n")))
def test_a_contract_without_any_one_line_is_read_or_refused(tmp_path: Path, line: int) -> None:
    lines = ACME.splitlines(keepends=True)
    assert contract_of(tmp_path).version == 3

    read_or_refuse(tmp_path / "shorter.yml", "".join(lines[:line] + lines[line + 1 :]).encode())
