"""Local times without an offset, as exports write them, read with the pinned zone data."""

import re
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from recount.periods import zone
from recount.sources.kinds import INSTANT_TYPE, Kind


def local_time(in_zone: str) -> Kind:
    """Return the kind of a local time; where clocks go back, a repeated hour is the first one.

    An hour that is skipped where clocks go forward reads with the offset before the change.
    """

    def convert(cells: pa.Array) -> pa.Array:
        distinct = pc.unique(cells)
        texts = distinct.to_pylist()
        instants = [None if text is None else _in_utc(text, in_zone) for text in texts]
        return pa.array(instants, INSTANT_TYPE).take(pc.index_in(cells, distinct))

    return Kind(
        INSTANT_TYPE,
        "write a local time such as 29/2/2016 01:16",
        "^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}$",
        lambda _: False,
        convert,
    )


def _in_utc(text: str, in_zone: str) -> datetime:
    day, month, year, hour, minute = map(int, re.split("[/ :]", text))
    try:
        local = datetime(year, month, day, hour, minute, tzinfo=zone(in_zone), fold=0)
        return local.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("out of range") from None
