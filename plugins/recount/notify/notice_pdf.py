"""The notice as a PDF (PDF/A-2b): the same content gives the same bytes, anywhere.

Everything that is not the template's own goes to typst as JSON and is shown as text; nothing of it
is ever read as markup. Only the fonts that typst brings are used.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import typst

from recount.evidence.register import sha256
from recount.notify.letterhead import Letterhead
from recount.notify.matter import Matter
from recount.notify.notice_sheets import POSITION_WORDS, agreed
from recount.notify.wording import cleaned, day, grouped, instant, money
from recount.periods import parse_instant

_TEMPLATE = Path(__file__).parent / "templates" / "notice.typ"
_PROBE = b'#set text(font: "Libertinus Serif")\n#sys.inputs.data'
_BEYOND_ASCII = re.compile(r"[^\x20-\x7e]")


def notice_pdf(
    view: Mapping[str, Any],
    document: Mapping[str, Any],
    matter: Matter,
    letterhead: Letterhead,
    *,
    attached: Mapping[str, bytes],
) -> bytes:
    """Write the notice; `attached` are the files that it names with their hashes."""
    at = parse_instant(document["as_of"]).astimezone(UTC)
    names = ("kind", "month", "headline", "because", "to_do", "payment", "reservation", "claim",
             "claims", "groups", "amount", "remainder", "asked", "asked_title", "under",
             "under_remark", "replaces")  # fmt: skip
    data = {
        **{name: view[name] for name in names},
        "date": [at.year, at.month, at.day],
        "day": day(at.date()),
        "id": document["id"],
        "buyer": letterhead.buyer,
        "vendor": letterhead.vendor,
        "claimed_count": grouped(matter.claimed_count),
        "facts": [fact for fact in view["facts"] if fact[0] not in ("From", "To")],
        "positions": _positions(document, matter),
        "right": _right(document, matter),
        "tolerance": _tolerance(document) if matter.claimed else "",
        "agreed": [{"place": place, "says": says} for place, says in agreed(document)],
        "method": _method(document, letterhead),
        "recompute": _recompute(document, matter),
        "hashes": _hashes(document, attached),
    }
    return _compiled(cleaned(data))


def _positions(document: Mapping[str, Any], matter: Matter) -> list[list[str]]:
    """Lines and amounts by what is said of them; a claim only where there is one."""
    currency, always = document["currency"], {"invoiced", "accepted", "unverifiable", "pending"}
    claimed = "disputed" if matter.kind == "dispute" else "in_question" if matter.claimed else ""
    return [
        [POSITION_WORDS[name], grouped(found["lines"]), money(found["amount"], currency)]
        for name, found in document["positions"].items()
        if name in always or name == claimed
    ]


def _right(document: Mapping[str, Any], matter: Matter) -> str:
    where = f"Contract {document['contract']}, version {document['contract_version']}"
    events = ""
    if document["rights"]["raw_event_export"]:
        events = (
            " By rights.raw_event_export, please send with your answer your own events of these "
            "lines, as they are."
        )
    if not matter.claimed:
        said = "settlement.unverifiable. What no record can prove is asked about."
    elif matter.kind == "query":
        said = "rights.reclassify is not agreed, so that nothing is claimed."
    else:
        said = (
            "rights.reclassify. Above the tolerance, what the buyer counts by the agreed "
            "definition is what is billed."
        )
    return f"{where}: {said}{events}"


def _tolerance(document: Mapping[str, Any]) -> str:
    """Say what was held against what: the test with both of its numbers."""
    test, currency = document["tolerance"], document["currency"]
    of = [test["of"]] if test["of"] in ("invoiced", "recounted") else ["invoiced", "recounted"]
    over = _amount_of(test["over_invoiced"], currency)
    against = " and ".join(f"{_amount_of(test[name], currency)} {name}" for name in of)
    less = ""
    if document["rights"]["set_off"]:
        less = f" less {_amount_of(test['under_invoiced'], currency)} not invoiced"
    each = " This is tested for each outcome by itself." if test["per"] == "outcome" else ""
    held = f"Over-invoiced are {over}{less}, against {against}"
    return f"Tolerance: {test['says']}. {held}: {test['found']}.{each}"


def _amount_of(side: Mapping[str, Any], currency: str) -> str:
    return f"{grouped(side['count'])} ({money(side['amount'], currency)})"


def _method(document: Mapping[str, Any], letterhead: Letterhead) -> list[str]:
    as_of = instant(parse_instant(document["as_of"]))
    return [
        f"{letterhead.buyer}'s own system of record was read up to {as_of}. Every event that can "
        "conclude an outcome was tried against each clause of the contract's definition; none was "
        "sampled. An outcome counts where all clauses are met.",
        "Each line of the invoice was looked up by its exact subject. A line has one reason, the "
        "first that applies: duplicate, not in our records, outside the scope, another month, "
        "never concluded, and then the first clause of the contract that is not met. What can "
        "still change is not claimed.",
        f"A month is that of the clock of {letterhead.time_zone}. The amount above is what the "
        "invoice exceeds the contract's own prices by.",
    ]


def _recompute(document: Mapping[str, Any], matter: Matter) -> str:
    """Say how the other side finds out whether this is true."""
    start = (
        "The workbook lists every line that is named here with its subject, the event that "
        "concluded it and the event that decided its clause; look these up in your own log. The "
        "JSON document has the same lines and figures for scripts."
    )
    if document["evidence"] is None:
        return start
    return (
        f"{start} The evidence pack holds the contract, the events, the lines and a program that "
        "computes every verdict and total again: python3 -I evaluator.py PACK. Ask us for it."
    )


def _hashes(document: Mapping[str, Any], attached: Mapping[str, bytes]) -> list[list[str]]:
    hashes = [[name, sha256(data)] for name, data in attached.items()]
    if document["contract_sha256"]:
        hashes.append(["the contract", document["contract_sha256"].removeprefix("sha256:")])
    if document["evidence"]:
        hashes.append(["the evidence pack", document["evidence"]["sha256"]])
    return hashes


def _compiled(data: Mapping[str, Any]) -> bytes:
    """Set the pages; a character that no font has is shown by its number."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    try:
        return _typeset(_TEMPLATE, text)
    except typst.TypstError:
        beyond = "".join(sorted(set(_BEYOND_ASCII.findall(text))))
        lacking = set(_lacking(beyond))
    try:
        return _typeset(_TEMPLATE, _numbered(text, lacking))
    except typst.TypstError:
        # marks that can be shown alone and not where they stand
        return _typeset(_TEMPLATE, _numbered(text, set(beyond)))


def _typeset(source: Path | bytes, data: str) -> bytes:
    pdf = typst.compile(
        source,
        sys_inputs={"data": data},
        format="pdf",
        pdf_standards="a-2b",
        ignore_system_fonts=True,
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst wrote no PDF")
    return pdf


def _numbered(text: str, lacking: set[str]) -> str:
    return "".join(f"[U+{ord(c):04X}]" if c in lacking else c for c in text)


def _lacking(characters: Sequence[str]) -> list[str]:
    """Return those that typst's fonts do not have; halves are tried until one character fails."""
    wide = [c for c in characters if unicodedata.east_asian_width(c) in "WF"]
    return wide + _failing("".join(c for c in characters if c not in set(wide)))


def _failing(characters: str) -> list[str]:
    if not characters:
        return []
    try:
        _typeset(_PROBE, " ".join(characters))
    except typst.TypstError:
        half = len(characters) // 2
        if not half:
            return [characters]
        return _failing(characters[:half]) + _failing(characters[half:])
    return []
