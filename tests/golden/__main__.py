"""Rewrite what golden months are expected to become: `python -m tests.golden [NAME ...]`.

Read the changes before they are committed: each is a figure that somebody would have been told.
"""

import sys

from tests.golden.months import FOLDER, NAMES, expected, result


def main() -> None:
    """Run the named months, or all, and write down what differs."""
    for name in sys.argv[1:] or NAMES:
        found = result(name)
        changed = [file for file, data in found.items() if expected(name).get(file) != data]
        for file in changed:
            (FOLDER / name / file).write_bytes(found[file])
        print(f"{name}: {'rewrote ' + ', '.join(changed) if changed else 'unchanged'}")


if __name__ == "__main__":
    main()
