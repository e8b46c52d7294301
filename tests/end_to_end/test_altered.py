"""What was altered or is missing in the lake is named, and nothing is published or sent from it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from recount import published, stages, telling
from recount.errors import LandingError
from recount.evidence import packing
from recount.month import Month
from tests.end_to_end.buyer import Buyer
from tests.support.small import FINAL, write_month

Harm = Callable[[Path], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Buyer:
    folder = tmp_path_factory.mktemp("whole")
    buyer = Buyer(write_month(folder), folder / "lake")
    assert buyer.statement()["decision"] == "dispute"
    return buyer


@dataclass(frozen=True)
class Harmed:
    """A copy of the lake in which one object was harmed, and its month."""

    buyer: Buyer
    object: Path

    @property
    def month(self) -> Month:
        """The month that would be made from it."""
        return Month(str(self.buyer.contract), "acme", "2026-03", FINAL, str(self.buyer.lake))


@pytest.fixture
def harmed(whole: Buyer, tmp_path: Path) -> Callable[[str, Harm], Harmed]:
    def harm(pattern: str, how: Harm) -> Harmed:
        buyer = whole.copy(tmp_path / "lake")
        path = next(iter(sorted(buyer.lake.glob(pattern))))
        how(path)
        return Harmed(buyer, path)

    return harm


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def remove(path: Path) -> None:
    path.unlink()


def raise_it(path: Path) -> None:
    """Claim more in a statement; it is JSON as before."""
    said = json.loads(path.read_bytes())
    said["amounts"]["disputed"] = "9.00"
    path.write_bytes(published.canonical(said))


def find_more(path: Path) -> None:
    """Add to what the guard found; it is JSON as before."""
    said = json.loads(path.read_bytes())
    found = {"rule": "event_lost", "severity": "note", "because": "", "observed": ""}
    path.write_bytes(published.canonical(said | {"findings": [*said["findings"], found]}))


PAGE = "landed/acme.invoice/lines/period=*/*.zst"


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        (PAGE, flip),
        (PAGE, remove),
        ("landed/acme.helpdesk/events/manifests/*.json", flip),
        ("pins/*/*/*/invoice/*.json", cut),
        ("contracts/acme/*.json", flip),
    ],
)
def test_a_run_over_what_was_altered_names_it_and_changes_nothing(
    harmed: Callable[[str, Harm], Harmed], pattern: str, how: Harm
) -> None:
    month = harmed(pattern, how)
    before = month.buyer.objects()
    done = month.buyer.run()
    assert (done.exit_code, month.object.name in done.output) == (2, True), done.output
    assert len(done.output.splitlines()) == 1
    assert month.buyer.objects() == before


def test_a_landed_manifest_that_is_missing_leaves_nothing_that_was_pinned(
    harmed: Callable[[str, Harm], Harmed],
) -> None:
    month = harmed("landed/acme.helpdesk/events/manifests/*.json", remove)
    before = month.buyer.objects()
    done = month.buyer.run()
    assert (done.exit_code, "holds no manifest with the digest" in done.output) == (2, True)
    assert month.buyer.objects() == before


def keys_of(month: Harmed) -> tuple[str, ...]:
    """The marts' manifest, the findings and the statement of the month."""
    slot = month.month.slot(month.month.contract)
    folders = (published.manifest_folder(slot), f"guard/{slot.path}", f"statements/{slot.path}")
    return tuple(f"{folder}/00000001.json" for folder in folders)


def pack_of(month: Harmed) -> str:
    """Where the pack of the month is, as packing says it."""
    slot = month.month.slot(month.month.contract)
    return month.month.lake.uri(f"evidence/{slot.path}/pack.zip")


STAGES: dict[str, Callable[[Harmed], object]] = {
    "judge": lambda of: stages.judge(of.month, keys_of(of)[0]),
    "conclude": lambda of: stages.conclude(of.month, *keys_of(of)[:2]),
    "pack": lambda of: packing.pack(of.month, keys_of(of)[0], keys_of(of)[2]),
    "tell": lambda of: telling.tell(of.month, keys_of(of)[0], keys_of(of)[2], evidence=pack_of(of)),
}
MART, PACK = "marts/reconciliation_lines/*/*/*/*.parquet", "evidence/*/*/*/pack.zip"


@pytest.mark.parametrize(
    ("stage", "pattern", "how"),
    [
        ("judge", "marts/control_totals/*/*/*/*.parquet", flip),
        ("judge", "marts/control_totals/*/*/*/*.parquet", remove),
        ("judge", "marts/manifest/*/*/*/*.json", cut),
        ("conclude", "marts/statements/*/*/*/*.parquet", flip),
        ("judge", "marts/manifest/*/*/*/*.json", flip),
        ("conclude", "guard/*/*/*/*.json", cut),
        ("conclude", "guard/*/*/*/*.json", find_more),
        ("conclude", "statements/*/*/*/*.json", raise_it),
        ("conclude", "guard/*/*/*/*.json", remove),
        ("pack", "statements/*/*/*/*.json", cut),
        ("pack", "statements/*/*/*/*.json", raise_it),
        ("pack", PACK, cut),
        ("tell", PACK, flip),
        ("tell", MART, flip),
        ("tell", "statements/*/*/*/*.json", remove),
        ("tell", "statements/*/*/*/*.json", raise_it),
        ("tell", "notices/*/00000001.json", cut),
        ("tell", "notices/*/00000001.json", remove),
    ],
)
def test_a_stage_over_what_was_altered_names_it_and_changes_nothing(
    harmed: Callable[[str, Harm], Harmed], stage: str, pattern: str, how: Harm
) -> None:
    month = harmed(pattern, how)
    before = month.buyer.objects()
    with pytest.raises(LandingError, match=month.object.name):
        STAGES[stage](month)
    assert month.buyer.objects() == before
