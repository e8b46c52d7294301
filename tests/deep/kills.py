"""Is a notice lost or sent twice, wherever its sender is killed? `python -m tests.deep.kills`.

Tries every line, and then every 11th instruction, between the draft and the end of the session.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from recount.demo.post_office import post_office
from recount.project import ROOT


def found(folder: Path, *, step: int, what: str) -> tuple[dict[int, str], Counter[int]]:
    """Return the state of each notice, and how often the server took it."""
    with post_office(folder / "mail") as port:
        words = [str(folder / "lake"), str(port), str(step), what]
        command = [sys.executable, "-m", "tests.deep.killing", *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ended = {int(number): state for number, state in json.loads(done.stdout).items()}
    mails = [path.read_bytes() for path in (folder / "mail").iterdir()]
    numbers = [re.search(rb"^Subject: notice (\d+)", mail) for mail in mails]
    return ended, Counter(int(number[1]) for number in numbers if number)


def wrong(ended: dict[int, str], taken: Counter[int]) -> list[str]:
    """Name each notice that was sent twice, was lost, or says of itself what is not so."""
    return [
        f"killed at {number}: {state}, and the server took it {taken[number]} times"
        for number, state in ended.items()
        if (state, taken[number]) not in _RIGHT
    ]


# Nobody knows is right whether or not it arrived; `sent` only if it did, once.
_RIGHT = {("sent", 1), ("send_unknown", 0), ("send_unknown", 1)}


def main() -> int:
    """Try all places; the exit code is 1 where one is wrong."""
    problems = []
    for what, step in (("line", 1), ("opcode", 11)):
        with tempfile.TemporaryDirectory(prefix="recount-") as folder:
            ended, taken = found(Path(folder), step=step, what=what)
        problems += wrong(ended, taken)
        print(f"every {step}. {what}: {len(ended)} places, {dict(Counter(ended.values()))}")
    for line in problems:
        print(line)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
