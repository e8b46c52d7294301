"""Ids that look like others: reported, never merged (a look-alike may be another subject).

A skeleton is what is left of an id when everything is taken away that an eye does not see:
compatibility forms, case, what is invisible, space, and letters that look like another's.
"""

import unicodedata
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

# Lower-case Cyrillic and Greek letters that look like Latin ones in lower case or in capitals.
_LOOK_ALIKES = dict(
    zip(
        "авсеһніјкмԛорѕтухԁԝӏαβεζηικμνορτυχıɡ",
        "abcehhijkmqopstyxdwlabezhikmvoptyxig",
        strict=True,
    )
)
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58", "-")
# In most typefaces these digits and letters are told apart by context alone.
_DIGITS = {"o": "0", "i": "1", "l": "1", "|": "1"}
# Marks and letters that show nothing, beside those of the categories below.
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
    + "".join(map(chr, range(0xE0100, 0xE01F0)))
)
_UNSEEN = frozenset({"Cf", "Cc", "Cs", "Cn", "Zs", "Zl", "Zp"})

_FOLDED = str.maketrans(
    {key: _DIGITS.get(value, value) for key, value in (_LOOK_ALIKES | _DASHES).items()} | _DIGITS
)


def skeleton(text: str) -> str:
    """Return what two ids share when they look alike; it names nothing, and is never shown."""
    if text.isascii():
        return text.translate(_ASCII)
    before = ""
    while text != before:  # what one step makes visible can be another one's work
        before, text = text, _once(text)
    return text


def _once(text: str) -> str:
    seen = (c for c in unicodedata.normalize("NFKC", text) if not _is_unseen(c))
    return unicodedata.normalize("NFKC", "".join(seen).casefold()).translate(_FOLDED)


def _is_unseen(character: str) -> bool:
    return character in _INVISIBLE or unicodedata.category(character) in _UNSEEN


# The same for plain ids, which are nearly all: one pass in C.
_ASCII = {code: _once(chr(code)) for code in range(128)}


def confusable_ids(unknown: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Return each unknown id that looks like a known one, with the first such in bytewise order.

    The known ids, which may be millions, are gone through once, and not at all for nothing.
    """
    alike: dict[str, list[str]] = {}
    for each in set(unknown):
        alike.setdefault(skeleton(each), []).append(each)
    found: dict[str, str] = {}
    for each in known if alike else ():
        for other in alike.get(skeleton(each), ()):
            if other != each:
                found[other] = min(each, found.get(other, each))
    return {each: found[each] for each in sorted(found)}


def confusable_line_numbers(lines: pa.Table, known: Iterable[str]) -> tuple[int, ...]:
    """Return the invoice's line numbers whose unknown subject looks like a known one.

    `lines` is the mart `reconciliation_lines`, `known` every subject of the log: the parameter
    `confusable_line_numbers` of `judge`.
    """
    unknown = lines.filter(pc.equal(lines["match_status"], "unknown_subject"))
    found = confusable_ids(unknown["subject_id"].to_pylist(), known)
    placed = zip(unknown["line_number"].to_pylist(), unknown["subject_id"].to_pylist(), strict=True)
    return tuple(sorted(number for number, subject_id in placed if subject_id in found))
