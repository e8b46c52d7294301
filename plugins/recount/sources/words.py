"""How a refusal shows what it refuses: short, on one line, nothing invisible."""


def shown(value: object) -> str:
    """Return a value in quotes: 80 characters of it, with what cannot be seen as escapes."""
    text = str(value)
    cut = text[:80] + ("..." if len(text) > 80 else "")
    visible = (letter if letter.isprintable() else _escaped(letter) for letter in cut)
    return f"'{''.join(visible)}'"


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
