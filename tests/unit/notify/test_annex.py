"""What a notice brings along: the evidence by name and hash, and never where our lake is."""

import pytest

from recount.errors import RecountError
from recount.evidence.register import sha256
from recount.lake import Lake
from recount.telling import evidence_of


def test_the_evidence_is_named_with_its_hash_and_without_our_lakes_address(lake: Lake) -> None:
    key = "evidence/contract=acme/period=2016-03/pack.zip"
    lake.put_once(key, b"a pack")
    assert evidence_of(lake, lake.uri(key)) == {"name": "pack.zip", "sha256": sha256(b"a pack")}


def test_where_a_statement_names_no_evidence_there_is_none(lake: Lake) -> None:
    assert evidence_of(lake, None) is None


def test_evidence_that_is_lost_is_not_passed_over(lake: Lake) -> None:
    with pytest.raises(RecountError, match=r"pack.zip is missing; restore it"):
        evidence_of(lake, lake.uri("evidence/pack.zip"))
