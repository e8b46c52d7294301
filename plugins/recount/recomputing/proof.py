"""Proving packs: the report on one, the chain of several, and the command that prints both."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recount.recomputing.contents import recomputed
from recount.recomputing.months import Row
from recount.recomputing.packs import (
    BROKEN,
    MANIFEST,
    Difference,
    Pack,
    Unreadable,
    altered,
    digest,
)


@dataclass(frozen=True)
class Report:
    """What came of checking a pack: `proven`, `differs` or `unreadable`."""

    pack: str
    result: str
    because: str | None = None
    differences: Sequence[Difference] = ()
    manifest: str | None = None
    statement: str | None = None
    contract: str | None = None
    period: str | None = None
    as_of: str | None = None
    previous: Mapping[str, Any] | None = None
    settled: Sequence[Mapping[str, Any]] = ()

    @property
    def exit_code(self) -> int:
        """0 proven, 1 differs, 2 unreadable."""
        return ("proven", "differs", "unreadable").index(self.result)

    def as_json(self) -> Row:
        """The report as scripts read it."""
        return {
            "pack": self.pack, "result": self.result, "because": self.because,
            "contract": self.contract, "period": self.period, "as_of": self.as_of,
            "manifest": self.manifest, "previous": self.previous,
            "differences": [
                {"member": each.member, "where": each.where, "says": each.says}
                for each in self.differences
            ],
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The report as people read it."""
        if self.result == "unreadable":
            yield f"unreadable: {self.because}"
            return
        yield f"{self.result}: {self.pack}"
        yield f"  {self.contract} {self.period} as of {self.as_of}, manifest {self.manifest}"
        before = self.previous and f"follows {self.previous['period']} {self.previous['sha256']}"
        yield f"  {before or 'is the first of its chain'}"
        for difference in self.differences:
            yield f"  {difference}"


def verify(path: str, name: str | None = None) -> Report:
    """Check a pack: its bytes, and everything that it says; `name` is what people call it."""
    name = name or path
    try:
        with open(path, "rb") as file:
            return _checked(Pack(file), name)
    except OSError as error:
        return Report(name, "unreadable", f"{name} cannot be read ({error.strerror})")
    except Unreadable as error:
        return Report(name, "unreadable", f"{name} {error}")
    except BROKEN as error:
        return Report(name, "unreadable", f"{name} is no evidence pack ({error})")


def _checked(pack: Pack, name: str) -> Report:
    differences = [*altered(pack), *recomputed(pack)]
    manifest, earlier = pack.manifest, pack.json("run.json")["earlier_months"]
    return Report(
        pack=name,
        result="differs" if differences else "proven",
        differences=differences,
        manifest=digest(pack.read(MANIFEST)),
        statement=digest(pack.read("statement.json")),
        **{key: manifest[key] for key in ("contract", "period", "as_of", "previous")},
        settled=earlier["settled"] if earlier else (),
    )


def chained(reports: Sequence[Report]) -> list[Report]:
    """Add to each report what differs between its pack and those before it, as far as at hand."""
    result = []
    for each in reports:
        found = list(each.differences)
        links = [("the pack before", each.previous, "manifest", "sha256")] if each.previous else []
        links += [("a month before", month, "statement", "statement") for month in each.settled]
        for what, link, of, key in links:
            month = each.contract, link["period"], link["as_of"]
            before = [r for r in reports if (r.contract, r.period, r.as_of) == month]
            if before and link[key] not in {getattr(r, of) for r in before}:
                says = f"names another {of} of {link['period']} than {before[0].pack} has"
                found.append(Difference(MANIFEST, what, says))
        if each.result == "unreadable" or len(found) == len(each.differences):
            result.append(each)
        else:
            result.append(replace(each, result="differs", differences=found))
    return result


def main(packs: Sequence[str]) -> int:
    """Check packs from the command line; several of one contract are checked as a chain too."""
    if not packs:
        print("write: python3 evaluator.py PACK [EARLIER_PACK ...]", file=sys.stderr)
        return 2
    reports = chained([verify(path) for path in packs])
    for report in reports:
        for line in report.lines():
            print(line, file=sys.stderr if report.result == "unreadable" else sys.stdout)
    return max(report.exit_code for report in reports)
