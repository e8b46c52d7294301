"""The sheets of the notice's workbook: the figures, why, what was agreed, and the lines."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recount.notify import wording
from recount.notify.explained import detail, title
from recount.notify.figures import ReasonRow
from recount.notify.letterhead import Letterhead
from recount.notify.matter import Matter
from recount.notify.sheets import FIGURE, lines_sheet
from recount.notify.workbook import Sheet

_OURS_ALONE = "gap_part"  # an analysis, not a claim
# What the figures are called where people read them, in their order.
POSITION_WORDS: Mapping[str, str] = {
    "invoiced": "Invoiced",
    "accepted": "Accepted",
    "disputed": "Disputed",
    "in_question": "In question",
    "unverifiable": "Cannot be verified",
    "pending": "Can still change",
}
_RIGHTS: Mapping[str, str] = {
    "reclassify": "Above the tolerance, what the buyer counts is what is billed.",
    "raw_event_export": "The vendor gives its own events as they are.",
    "set_off": "What was not invoiced may be set against what was over-invoiced.",
}
_UNVERIFIABLE: Mapping[str, str] = {
    "accept": "What no record can prove is accepted.",
    "query": "What no record can prove is asked about.",
    "dispute": "What no record can prove is disputed.",
}
_BETWEEN = "\x1f"


def notice_sheets(
    document: Mapping[str, Any],
    matter: Matter,
    listed: Mapping[str, pa.Table],
    letterhead: Letterhead,
    history: Mapping[str, Any] | None,
) -> list[Sheet]:
    """Return the sheets of a notice; `history` is the contract's roll-forward, where it has one."""
    rows = [*matter.claimed, *matter.asked, *matter.under]
    has_history = history is not None and history["months"]
    return [
        _summary(document),
        _reasons(document, matter, letterhead),
        *(_lines(name, table, rows, letterhead) for name, table in listed.items() if len(table)),
        _definitions(document),
        *([_rollforward(history)] if history is not None and has_history else []),
    ]


def _summary(document: Mapping[str, Any]) -> Sheet:
    facts: list[tuple[str, str]] = list(_facts(document))
    figures = [
        (POSITION_WORDS[name], found["lines"], found["amount"])
        for name, found in document["positions"].items()
    ]
    figures.append(("To be paid", None, document["payable"]))
    labels = [label for label, *_ in (*figures, *facts)]
    blank = [None] * len(facts)
    table = pa.table(
        {
            "item": pa.array(labels, pa.string()),
            "lines": pa.array([number for _, number, _ in figures] + blank, pa.int64()),
            "amount": pa.array([Decimal(a) for *_, a in figures] + blank, FIGURE),
            "text": pa.array([None] * len(figures) + [text for _, text in facts], pa.string()),
        }
    )
    return Sheet(
        "Summary", ("Item", "Lines", document["currency"], "Text"), (26, 10, 16, 70), table
    )


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    period, parties = document["period"], document["parties"]
    yield "Notice", document["id"]
    yield "Kind", document["kind"]
    yield "Buyer", parties["buyer"]
    yield "Vendor", parties["vendor"]
    yield "Contract", document["contract"]
    yield "Version", str(document["contract_version"])
    if document["contract_sha256"]:
        yield "Contract, as canonical JSON", document["contract_sha256"]
    for invoice in document["invoices"]:
        yield "Invoice", invoice
    for label, name in (("Issued on", "issued_on"), ("Due on", "due_on")):
        if document[name]:
            yield label, document[name]
    yield "Billing month", f"{period['first_day']} to {period['last_day']}"
    yield "Time zone of the month", period["time_zone"]
    yield "Counted as of", document["as_of"]
    yield "Tolerance", document["tolerance"]["says"]
    yield "Found", document["tolerance"]["found"]


def _reasons(document: Mapping[str, Any], matter: Matter, letterhead: Letterhead) -> Sheet:
    """One reason a row, then what the claimed ones come to together."""
    claim = "Disputed" if matter.kind == "dispute" else "In question"
    groups = (
        (claim, matter.claimed),
        ("Asked about", matter.asked),
        ("Not invoiced", matter.under),
    )
    rows: list[tuple[str, str | None, str | None, str | None, int | None, str]] = [
        (name, row.outcome, title(row), detail(row, letterhead), row.count, row.amount)
        for name, members in groups
        for row in members
    ]
    if matter.claimed:
        words = "Effect of the contract's other price terms"
        rest = (
            [(claim, None, words, None, None, document["arithmetic"])] if matter.remainder else []
        )
        together = (f"{claim}, in all", None, None, None, matter.claimed_count, matter.amount)
        rows = [*rows[: len(matter.claimed)], *rest, together, *rows[len(matter.claimed) :]]
    columns: list[Sequence[Any]] = [*zip(*rows, strict=True)] or [()] * 6
    texts = {str(n): pa.array(column, pa.string()) for n, column in enumerate(columns[:4])}
    figures = {
        "lines": pa.array(columns[4], pa.int64()),
        "amount": pa.array([Decimal(str(amount)) for amount in columns[5]], FIGURE),
    }
    headings = (
        "Said of them", "Outcome", "Reason", "What the contract says", "Lines",
        document["currency"],
    )  # fmt: skip
    return Sheet("Reasons", headings, (20, 18, 40, 60, 10, 16), pa.table(texts | figures))


def _lines(name: str, table: pa.Table, rows: Sequence[ReasonRow], letterhead: Letterhead) -> Sheet:
    """Return lines with their reason in words beside them."""
    known = {
        _BETWEEN.join((row.outcome, row.status, row.reason or "")): f"{title(row)}. "
        f"{detail(row, letterhead)}".strip()
        for row in rows
    }
    parts = [table[column].cast(pa.large_string()) for column in ("outcome", "match_status")]
    reason = pc.coalesce(table["reason"].cast(pa.large_string()), _large(""))
    keys = pc.binary_join_element_wise(*parts, reason, _large(_BETWEEN))
    place = pc.index_in(keys, value_set=pa.array(list(known), pa.large_string()))
    words = pa.array(list(known.values()), pa.string()).take(place.combine_chunks())
    return lines_sheet(name, table.append_column("reason_words", words), without=_OURS_ALONE)


def _large(text: str) -> pa.Scalar:
    return pa.scalar(text, pa.large_string())


def _definitions(document: Mapping[str, Any]) -> Sheet:
    """Return what was agreed, each sentence beside its place in the contract."""
    places, sentences = zip(*agreed(document), strict=True)
    table = pa.table({"place": pa.array(places), "says": pa.array(sentences)})
    return Sheet("Definitions", ("Place in the contract", "What it says"), (44, 100), table)


def agreed(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the places of the contract on which a notice rests, and what they say."""
    for name, outcome in document["definitions"].items():
        yield f"outcomes.{name}.says", outcome["says"]
        for clause, sentence in outcome["clauses"].items():
            yield f"outcomes.{name}.clauses.{clause}", sentence
    for name, milestone in document.get("milestones", {}).items():
        opened, reached_on = wording.listed(milestone["opens"]), milestone["reached_on"]
        on = (
            f"Reached on {wording.day(date.fromisoformat(reached_on))}"
            if reached_on
            else "Not reached yet"
        )
        yield f"pricing.milestones.{name}", f"{on}; nothing is charged before it for {opened}."
    for section in ("method", "verification"):
        for name, sentence in document.get(section, {}).items():
            yield f"{section}.{name}", sentence
    yield "tolerance", document["tolerance"]["says"]
    for right, is_given in document["rights"].items():
        yield f"rights.{right}", _RIGHTS[right] if is_given else f"Not agreed: {_RIGHTS[right]}"
    yield "settlement.unverifiable", _UNVERIFIABLE[document["unverifiable"]]
    yield "time_zone", document["period"]["time_zone"]
    for number, each in enumerate(document["signatories"]):
        yield f"signatories.{number}", f"{each['name']}, for the {each['party']}, {each['on']}"


def _rollforward(history: Mapping[str, Any]) -> Sheet:
    """Return what was disputed of the contract, month by month, as far as was known."""
    months = history["months"]
    names = [name for name in months[0] if name != "month"]
    table = pa.table(
        {"month": pa.array([each["month"] for each in months], pa.string())}
        | {n: pa.array([Decimal(each[n]) for each in months], FIGURE) for n in names}
    )
    words = [name.replace("_", "-").capitalize() for name in names]
    headings = ("Month", *(f"{word}, {history['currency']}" for word in words))
    return Sheet("Roll-forward", headings, (12, *(18 for _ in names)), table)
