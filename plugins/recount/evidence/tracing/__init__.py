"""From any figure of a statement to the records that it rests on, and their hashes (DESIGN 9)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from recount import as_run
from recount.contract.model import Contract
from recount.errors import LandingError, RecountError
from recount.evidence.tracing.catalogue import figures_of
from recount.evidence.tracing.explaining import Explaining, Found, Verdicts
from recount.evidence.tracing.figures import CHARGES, LINES, Figure, Terms, value_at
from recount.evidence.tracing.places import Landed
from recount.evidence.tracing.printed import Printed, printed_figures, stated_beside
from recount.lake import Lake
from recount.money import rounded
from recount.published import Marts


class UnknownFigure(RecountError):
    """A statement has no such figure, or none that is made of rows."""


def trace(
    lake: Lake, statement: Mapping[str, Any], path: str, limit: int | None = None
) -> dict[str, Any]:
    """Say how a figure of a published statement is made, down to landed records.

    `path` leads into the statement (`amounts.disputed`), names a line or a subject, or is a number
    as a mail prints it (`35.00 USD`, `2 lines`); `printed_as` then names every figure that it may
    be, and the first is traced. All rows are added up, and at most `limit` of them explained.
    UnknownFigure lists the figures that are known. What is altered or missing in the lake is named
    under `broken`.
    """
    head = {
        "contract": statement["contract"], "period": statement["period"],
        "as_of": statement["as_of"], "figure": path,
    }  # fmt: skip
    try:
        return head | _traced(lake, statement, path, limit)
    except LandingError as problem:
        made = dict.fromkeys(("value", "says", "sum", "adds_up", "printed_as"))
        return head | made | {
            "made_of": [], "marts": {}, "rows": [], "hashed": [], "broken": [str(problem)],
        }  # fmt: skip


def _traced(
    lake: Lake, statement: Mapping[str, Any], path: str, limit: int | None
) -> dict[str, Any]:
    facts = as_run.facts_of(lake, statement)
    contract, marts = as_run.contract_of(lake, facts), Marts(lake, facts["marts"])
    figure = figures_of(statement, terms_of(contract)).get(path)
    rows = _Rows(marts)
    made = _added_up(statement, contract, rows, figure) if figure else _about(rows, path)
    made["printed_as"] = None
    if figure is None and not made["found"]:
        made = _printed(statement, contract, rows, path)
    landed = Landed(lake, contract, facts["streams"])
    found = made.pop("found")[:limit]
    explained = Explaining(Verdicts.of(marts), landed, contract).rows(found)
    return made | {
        "marts": {part["mart"]: _mart(lake, facts, part["mart"]) for part in made["made_of"]},
        "rows": explained,
        "hashed": sorted(landed.hashed),
        "broken": landed.broken,
    }


def added_up(
    statement: Mapping[str, Any], contract: Contract, marts: Marts
) -> dict[str, dict[str, Any]]:
    """Add up every figure of a statement that is made of rows, without looking for records."""
    rows = _Rows(marts)
    return {
        path: _added_up(statement, contract, rows, figure) | {"found": None}
        for path, figure in figures_of(statement, terms_of(contract)).items()
    }


def known(statement: Mapping[str, Any], contract: Contract) -> list[str]:
    """Return the path of every figure that can be traced."""
    return list(figures_of(statement, terms_of(contract)))


def terms_of(contract: Contract) -> Terms:
    """Return what decides which lines of a contract count as over-invoiced."""
    pricing = contract.model_dump(mode="json", exclude_none=True)["pricing"]
    by_value = [name for name, price in pricing.items() if "percent_of_value" in price]
    return Terms(contract.settlement.unverifiable == "dispute", frozenset(by_value))


class _Rows:
    """The rows of marts, each read once."""

    def __init__(self, marts: Marts) -> None:
        self._marts, self._read = marts, dict[str, list[dict[str, Any]]]()

    def of(self, mart: str) -> list[dict[str, Any]]:
        if mart not in self._read:
            self._read[mart] = self._marts[mart].to_pylist()
        return self._read[mart]


def _added_up(
    statement: Mapping[str, Any], contract: Contract, marts: _Rows, figure: Figure
) -> dict[str, Any]:
    """Add the rows of a figure up, and compare the sum with what the statement says."""
    found, parts = [], []
    for part in figure.parts:
        rows = [
            Found(part.mart, row, adds)
            for row in marts.of(part.mart)
            if (adds := part.adds(row)) is not None
        ]
        found += rows
        parts.append((part, rows, sum((Decimal(row.adds or 0) for row in rows), Decimal(0))))
    units = contract.minor_units
    sums = [rounded(each, units) if figure.rounds_parts else each for _, _, each in parts]
    total = sum(sums, Decimal(0))
    if figure.is_never_negative:
        total = max(total, Decimal(0))
    total = rounded(total, units) if figure.is_money else total
    value = value_at(statement, figure.path) if figure.is_stated else f"{total:f}"
    return {
        "value": value,
        "says": figure.says,
        "made_of": [
            {"mart": part.mart, "says": part.says, "rows": len(rows), "sum": f"{each:f}"}
            for part, rows, each in parts
        ],
        "sum": f"{total:f}",
        "adds_up": total == Decimal(value),
        "found": found,
    }


def _about(marts: _Rows, name: str) -> dict[str, Any]:
    """Find the lines that bear an id, or all that is about a subject."""
    found = [
        Found(LINES, row, None)
        for row in marts.of(LINES)
        if name in (row["line_id"], row["subject_id"])
    ]
    listed = {row.row["subject_id"] for row in found}
    found += [
        Found("determinations", row, None)
        for row in marts.of("determinations")
        if row["subject_id"] == name and row["counted_by"] == "buyer" and name not in listed
    ]
    return {
        "value": None,
        "says": f"what is about {name}",
        "made_of": [{"mart": mart, "says": "about it", "rows": count, "sum": None}
                    for mart, count in _counted(found)],
        "sum": None,
        "adds_up": None,
        "found": found,
    }  # fmt: skip


def _printed(
    statement: Mapping[str, Any], contract: Contract, marts: _Rows, text: str
) -> dict[str, Any]:
    """Trace the first figure that is printed so, and name all; UnknownFigure if there is none."""
    printed = Printed.read(text)
    if printed is None or printed.currency not in (None, statement["currency"]):
        raise _unknown(statement, contract, text)
    figures = [
        *figures_of(statement, terms_of(contract)).values(),
        *printed_figures(marts.of(LINES), marts.of(CHARGES), terms_of(contract)),
    ]
    fits = {}
    for each in figures:
        # what the statement says otherwise need not be added up
        if each.is_stated and not printed.may_be(
            value_at(statement, each.path), is_money=each.is_money
        ):
            continue
        one = _added_up(statement, contract, marts, each)
        if printed.may_be(one["value"], is_money=each.is_money):
            fits[each.path] = one
    known_paths = {each.path for each in figures}
    said = [path for path, value in stated_beside(statement, contract)
            if path not in known_paths and printed.may_be(value, is_money=True)]  # fmt: skip
    if not fits and not said:
        raise _unknown(statement, contract, text)
    nothing: dict[str, Any] = {
        "value": text, "says": "it is made of no rows", "made_of": [], "sum": None,
        "adds_up": None, "found": [],
    }  # fmt: skip
    return next(iter(fits.values()), nothing) | {"printed_as": [*fits, *said]}


def _counted(found: list[Found]) -> Iterator[tuple[str, int]]:
    for mart in dict.fromkeys(row.mart for row in found):
        yield mart, sum(row.mart == mart for row in found)


def _mart(lake: Lake, facts: Mapping[str, Any], name: str) -> dict[str, str]:
    entry = facts["marts"][name]
    return {"object": lake.uri(entry["key"]), "sha256": entry["sha256"]}


def _unknown(statement: Mapping[str, Any], contract: Contract, path: str) -> UnknownFigure:
    return UnknownFigure(
        f"{path!r} is no figure that is made of rows, no line and no subject of this statement, "
        "and no number that its mails print; give a line's id, a subject's id or one of: "
        f"{', '.join(known(statement, contract))}"
    )
