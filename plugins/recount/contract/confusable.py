"""Texts that look like others: invisible characters, other scripts, other ways to write one."""

import re
import unicodedata

_LOOK_ALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")


def oddity(text: str) -> str | None:
    """Say what makes a text look like another one, or null where nothing does."""
    for character in text:
        if unicodedata.category(character) == "Cf":
            return f"holds the invisible character U+{ord(character):04X}"
    if not unicodedata.is_normalized("NFC", text):
        return "holds an accent as a character of its own (it is not in the normal form NFC)"
    for word in re.findall(r"\w+", text):
        scripts = sorted({script for character in word if (script := _script(character))})
        if len(scripts) > 1:
            return f"mixes {' and '.join(script.capitalize() for script in scripts)} in one word"
    return None


def _script(character: str) -> str | None:
    name = unicodedata.name(character, "")
    return next((script for script in _LOOK_ALIKE_SCRIPTS if name.startswith(script + " ")), None)
