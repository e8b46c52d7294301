"""What a process of a race does; in a module of its own, so that a new process can import it."""

from multiprocessing.synchronize import Barrier
from queue import Queue

from recount.lake import KeyConflict, open_lake


def create_each(
    folder: str, number: int, start: Barrier, wins: "Queue[tuple[int, list[str]]]"
) -> None:
    """Try to create fifty objects that fifteen others want too, and report the ones we created."""
    lake = open_lake(folder)
    lake.exists("warm/up")
    start.wait(timeout=60)
    won = []
    for name in range(50):
        try:
            lake.put_once(f"race/{name}", b"%d" % number)
            won.append(str(name))
        except KeyConflict:
            pass
    wins.put((number, won))
