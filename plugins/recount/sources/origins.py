"""How the id of an event leads back to the landed records that told of it (DESIGN 9)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Origin:
    """Some events of a source were read from these records.

    An event's id that the pattern fits as a whole was read from the records of `stream` whose
    columns, named as the pattern's groups are, have the values that those groups find.
    """

    stream: str
    pattern: str

    def key(self, event_id: str) -> Key | None:
        """Return columns and values of the records; None where the id has another form."""
        found = re.fullmatch(self.pattern, event_id, re.DOTALL)
        return tuple(sorted(found.groupdict().items())) if found else None


def keys_of(origins: Sequence[Origin], event_id: str) -> Iterator[tuple[str, Key]]:
    """Yield the stream and the key of all records that may have told of an event."""
    for origin in origins:
        if key := origin.key(event_id):
            yield origin.stream, key
