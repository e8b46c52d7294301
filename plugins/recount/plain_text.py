"""Foreign text as people are to see it: on one line, and nothing in it that hides or reorders."""

import re
import unicodedata

_BREAKS = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")
# controls, what formats others (it reorders or hides them), halves of a character, and code points
# that are none (some of them take no room)
_UNSEEN = ("Cc", "Cf", "Cs", "Cn")


def plain(text: str) -> str:
    """Write foreign text on one line, with a mark for each character that cannot be seen."""
    spaced = _BREAKS.sub(" ", text)
    if spaced.isascii() and spaced.isprintable():
        return spaced
    return "".join("\ufffd" if unicodedata.category(c) in _UNSEEN else c for c in spaced)
