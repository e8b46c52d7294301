"""Text tables: data as people would write it down, one row a line."""

import csv
import io
from collections.abc import Iterator


def rows(table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a text table: a cell begins under its heading, or stays empty."""
    heading, *written = [line for line in table.splitlines() if line.strip()] or [""]
    names = heading.split()
    starts = [heading.index(f" {name}") + 1 for name in names]
    for line in written:
        cells = [line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
        assert all(line[start - 1].isspace() for start in starts if start < len(line)), line
        yield dict(zip(names, cells, strict=True))


def as_csv(table: str, **always: str) -> str:
    """Write a text table as CSV, with columns that are the same in every row."""
    out = io.StringIO(newline="")
    found = [{**row, **always} for row in rows(table)]
    writer = csv.DictWriter(out, list(found[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue()
