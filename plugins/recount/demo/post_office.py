"""A mail server on this machine that keeps every message as a file; for the demo."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self._count += 1
        message = message_from_bytes(envelope.content, policy=policy.default)
        subject = _NOT_IN_NAMES.sub("-", str(message["Subject"])).strip("-").lower()
        name = f"{self._count:02}-{subject[:80]}.eml"
        (self._folder / name).write_bytes(envelope.content)
        return "250 kept"


@contextmanager
def post_office(folder: Path) -> Iterator[int]:
    """Take mails on a free port of this machine and keep them in a folder; yields the port."""
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(_Keeper(folder), hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.server.sockets[0].getsockname()[1]
    finally:
        controller.stop()
