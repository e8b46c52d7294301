"""A buyer at the command line: a folder with a contract and files, and a lake beside it."""

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
import zstandard
from click.testing import CliRunner, Result

from recount import pins, stages
from recount.cli import main
from recount.contract.reading import read
from recount.document import figures
from recount.month import Month
from recount.statement import from_marts
from tests.support.partly import partly_recounted
from tests.support.small import FINAL

# What came later than the statement that lies in the lake, as that has it.
LATER: dict[str, None] = {"notice": None, "evidence": None}
# What `recount.statement` makes the counts of.
_COUNTED = ("statements", "statement_outcomes", "line_totals", "verdict_totals", "performance")
PUBLISHED = ("marts", "statements", "outbox", "notices", "mails", "guard", "evidence")


@dataclass(frozen=True)
class Matched:
    """How many candidates of a month have which verdict, and how many of its lines which status.

    `reasons` counts the lines that are no outcome by why they are none.
    `contradicted` and `by_unknown` count the billed subjects that hold a month: a system
    contradicts itself about them, or nobody knows who concluded them.
    """

    candidates: Mapping[str, int]
    lines: Mapping[str, int]
    reasons: Mapping[str, int]
    contradicted: int
    by_unknown: int


@dataclass(frozen=True)
class Buyer:
    """Runs one contract's months; `contract` is its file, or the folder of its versions."""

    contract: Path
    lake: Path
    period: str = "2026-03"

    def run(self, *words: str, as_of: str = FINAL, command: str = "run") -> Result:
        """Run a month and return exit code and output; the JSON document is on stdout."""
        lake = ["--lake", str(self.lake)]
        month = ["--contract", str(self.contract), "--period", self.period, "--as-of", as_of]
        return CliRunner().invoke(main, [command, *month, *lake, "--json", *words])

    def land(self, as_of: str = FINAL, *, refresh: bool = False) -> Month:
        """Extract and land what a run would read, and count nothing."""
        month = Month(str(self.contract), read(self.contract).contract, self.period, as_of,
                      str(self.lake))  # fmt: skip
        for source in stages.sources_of(month):
            pins.land(month, source, refresh=refresh)
        return month

    def counted(self, as_of: str = FINAL) -> dict[str, Any]:
        """Land and recount a month, and return the counts; nothing is published."""
        month = self.land(as_of)
        with partly_recounted(month, *_COUNTED) as built:
            marts = {name: built.mart(name) for name in _COUNTED}
        return figures(from_marts(marts, month.contract.minor_units))

    def matched(self, as_of: str = FINAL, *, refresh: bool = False) -> Matched:
        """Land a month and match its lines with its verdicts; nothing is priced or published."""
        models = ("candidates", "reconciliation_lines", "int_control_subjects")
        with partly_recounted(self.land(as_of, refresh=refresh), *models) as built:
            candidates = built.mart("candidates").to_pylist()
            rows = built.mart("reconciliation_lines").to_pylist()
            # without a line of an outcome there is no row
            control = built.query("from recount.int_control_subjects").to_pylist()
        return Matched(
            Counter(row["verdict"] for row in candidates if row["counted_by"] == "buyer"),
            Counter(row["match_status"] for row in rows),
            Counter(row["reason"] for row in rows if row["match_status"] == "not_an_outcome"),
            sum(row["subject_contradicted_count"] for row in control),
            sum(row["subject_concluded_by_unknown_count"] for row in control),
        )

    def statement(self, *words: str, as_of: str = FINAL, command: str = "run") -> dict[str, Any]:
        """Run a month that must have a statement, and return it."""
        done = self.run(*words, as_of=as_of, command=command)
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def published(self, as_of: str = FINAL) -> dict[str, Any]:
        """The statement that lies in the lake; it is older than its notice."""
        (data,) = (
            data for key, data in self.objects("statements").items() if f"as_of={as_of}" in key
        )
        found: dict[str, Any] = json.loads(data)
        del found["seal"]
        return found

    def objects(self, *folders: str) -> dict[str, bytes]:
        """Everything in the lake, or in some folders of it, by key."""
        files = [path for path in self.lake.rglob("*") if path.is_file()]
        keyed = {str(path.relative_to(self.lake)): path.read_bytes() for path in sorted(files)}
        wanted = tuple(f"{folder}/" for folder in folders)
        return {key: data for key, data in keyed.items() if not folders or key.startswith(wanted)}

    def unpacked(self, *folders: str) -> bytes:
        """All that the lake holds, or some folders of it, with landed pages unpacked."""
        unpack = zstandard.ZstdDecompressor()
        return b"".join(
            unpack.decompressobj().decompress(data) if key.endswith(".zst") else data
            for key, data in self.objects(*folders).items()
        )

    def mart(self, name: str, as_of: str = "") -> list[dict[str, Any]]:
        """The rows of a mart that was published once for the month, or once as of an instant."""
        (data,) = (
            data
            for key, data in self.objects(f"marts/{name}").items()
            if "parquet" in key and f"period={self.period}/" in key and f"as_of={as_of}" in key
        )
        rows: list[dict[str, Any]] = pq.read_table(pa.BufferReader(data)).to_pylist()
        return rows

    def mails(self, kind: str) -> list[EmailMessage]:
        """The mails of a kind in the outbox: finance, notice or operations."""
        return [
            message_from_bytes(data, policy=policy.default)
            for key, data in self.objects("outbox").items()
            if f"-{kind}-" in key
        ]

    def copy(self, folder: Path) -> "Buyer":
        """The same contract with a copy of the lake, to do harm to."""
        shutil.copytree(self.lake, folder)
        return replace(self, lake=folder)


def rewritten(path: Path, copy: Path, changes: Mapping[str, Any]) -> Path:
    """Write a contract with some keys changed (`tolerance.percent`), and return its path."""
    terms = yaml.safe_load(path.read_text("utf-8"))
    for dotted, value in changes.items():
        *way, last = dotted.split(".")
        place = terms
        for key in way:
            place = place[key]
        place[last] = value
    copy.write_text(yaml.safe_dump(terms, sort_keys=False, allow_unicode=True), "utf-8")
    return copy


def workbook_of(mail: EmailMessage) -> bytes:
    """The spreadsheet that a mail carries."""
    (book,) = (part for part in mail.iter_attachments() if part.get_filename("").endswith("xlsx"))
    data = book.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data


def html_of(mail: EmailMessage) -> str:
    """What a mail shows."""
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())
