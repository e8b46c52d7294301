"""What came, beside what the org counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from recount.sources.extraction import ControlTotal
from recount.sources.salesforce.reading import Stretch, Table
from recount.sources.shapes import instant_of


@dataclass
class Tally:
    """What came of a stretch since this attempt began, beside what the org counts."""

    table: Table
    begins: Stretch
    expected_count: int
    received_count: int = 0
    page_count: int = 0
    _instants: dict[str, datetime] = field(default_factory=dict)

    def add(self, rows: list[dict[str, Any]], what: str) -> None:
        """Count a page; a record that came twice is one, and has changed meanwhile."""
        self.received_count += len(rows)
        self.page_count += 1
        for row in rows:
            self._instants[row[self.table.key]] = instant_of(row[self.table.by], what)

    def total(self, count: Callable[[], int]) -> ControlTotal:
        """Return how many records there should be.

        One answer is of one moment. Of several, only what did not change can be counted again.
        """
        missing_count, is_still = 0, self.page_count == 1 or not self.table.changes
        if not is_still or len(self._instants) != self.expected_count:
            closed_count = sum(at < self.begins.until for at in self._instants.values())
            missing_count = max(0, count() - closed_count)
        return ControlTotal(self.received_count + missing_count, "exact")
