"""A file that is read only while its quotes are right.

pyarrow forgives text after a closing quote. Then a quote that somebody forgot reaches to the next
one, and the records between them become one cell without a word. So a quote may only open a cell,
close it, or stand doubled inside (RFC 4180).
"""

import io
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from recount.errors import SourceError

_QUOTE = ord('"')
_BESIDE_QUOTES = np.frombuffer(b',\r\n"', dtype=np.uint8)
_BOM = b"\xef\xbb\xbf"

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]


class QuotedFile(io.RawIOBase):
    """Hands out a file's bytes and, at the end, one newline; SourceError at a wrong quote."""

    def __init__(self, file: BinaryIO, file_name: str) -> None:
        """Read from `file`; `file_name` is for the errors."""
        self._file = file
        self._name = file_name
        self._is_inside = False
        self._before = b"\n"  # the byte before the next one; the start is like the end of a record
        self._lines = 1  # lines that have begun
        self._opened_in_line = 1
        self._at_start = True
        self._at_end = False

    def readable(self) -> bool:
        """Say that this can be read from."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return the next bytes, checked; the newline comes with the last of them."""
        if self._at_end:
            return b""
        data = self._file.read(-1 if size is None else size)
        self._check(data)
        if size is None or size < 0 or len(data) < size:
            self._at_end = True
            self._check_end()
            return data + b"\n"
        return data

    def _check(self, data: bytes) -> None:
        if not data:
            return
        skipped = len(_BOM) if self._at_start and data.startswith(_BOM) else 0
        self._at_start = False
        block = np.frombuffer(self._before + data[skipped:], dtype=np.uint8)
        # The byte before belongs to the last block; only what it is next to is still open.
        quotes = np.flatnonzero(block[1:] == _QUOTE) + 1
        opens = (np.arange(len(quotes)) % 2 == 0) != self._is_inside
        openings, closings = quotes[opens], quotes[~opens]
        self._refuse(block, _wrong_openings(block, openings), self._wrong_closings(block, closings))
        self._is_inside ^= bool(len(quotes) % 2)
        if len(quotes) and self._is_inside:
            self._opened_in_line = self._line_of(block, int(quotes[-1]))
        self._lines += int(np.count_nonzero(block[1:] == ord("\n")))
        self._before = data[-1:]

    def _wrong_closings(self, block: Bytes, closings: Places) -> Places:
        # A quote that ended the last block closed a cell, unless the first byte now doubles it.
        has_closed_before = block[0] == _QUOTE and not self._is_inside
        known = closings[closings + 1 < len(block)]
        places = np.concatenate([np.zeros(int(has_closed_before), dtype=np.intp), known])
        return places[~np.isin(block[places + 1], _BESIDE_QUOTES)]

    def _line_of(self, block: Bytes, place: int) -> int:
        return self._lines + int(np.count_nonzero(block[1:place] == ord("\n")))

    def _check_end(self) -> None:
        if self._is_inside:
            raise SourceError(
                f"{self._name}, line {self._opened_in_line}: a quote is opened and never closed; "
                "close it"
            )

    def _refuse(self, block: Bytes, *wrong: Places) -> None:
        places = np.concatenate(wrong)
        if len(places):
            raise SourceError(
                f"{self._name}, line {self._line_of(block, int(places.min()))}: a quote stands "
                "beside other text; put the whole cell in quotes and double those inside"
            )


def _wrong_openings(block: Bytes, openings: Places) -> Places:
    return openings[~np.isin(block[openings - 1], _BESIDE_QUOTES)]
