"""Values as HubSpot spells them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from recount.errors import SourceError
from recount.sources.shapes import instant_of
from recount.sources.words import shown

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 12  # before and after the point; more is no rating


def instant(written: str, what: str) -> datetime:
    """Read an instant: text with an offset, or milliseconds since 1970."""
    if written.isascii() and written.isdigit():
        return _EPOCH + timedelta(milliseconds=int(written[:15]))
    return instant_of(written, what)


def milliseconds(at: datetime) -> int:
    """Return an instant as a query writes it; what is between two is the earlier one."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def number(written: str, what: str) -> int:
    """Read an id."""
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise SourceError(f"{what}: {shown(written)} is no id; report it")
    return int(written)


def decimal(written: str | None) -> Decimal | None:
    """Read what a survey got as its answer; nothing where that is no plain number."""
    whole, _, rest = (written or "").partition(".")
    is_plain = f"{whole}{rest or 0}".isascii() and whole.isdigit() and (rest or "0").isdigit()
    if not is_plain or len(whole) > _DIGITS or len(rest) > 4:
        return None
    return Decimal(written or "")
