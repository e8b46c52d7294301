"""A mail server on this machine that keeps every message as a file; for the demo."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        subject = _NOT_IN_NAMES.sub("-", str(message["Subject"])).strip("-").lower()
        name = f"{len(list(self._folder.iterdir())) + 1:02}-{subject[:80]}.eml"
        (self._folder / name).write_bytes(envelope.content)
        return "250 kept"


@contextmanager
def post_office(folder: Path) -> Iterator[int]:
    """Take mails on a free port of this machine and keep them in a folder; yields the port."""
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.new_event_loop()
    serving = loop.create_server(lambda: SMTP(_Keeper(folder), loop=loop), "127.0.0.1", 0)
    server = loop.run_until_complete(serving)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()
