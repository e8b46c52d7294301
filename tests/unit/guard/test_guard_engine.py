import os
import subprocess
import sys
import textwrap
from pathlib import Path

from recount.project import ROOT

SEED = "from tests.unit.guard.months import PARAMETERS, month, written, entry\n"


def python(script: str, folder: Path) -> str:
    """Run a script in a process of its own, started in a folder, and return what it printed."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }
    environment.pop("GX_ANALYTICS_ENABLED", None)
    done = subprocess.run(
        [sys.executable, "-c", SEED + textwrap.dedent(script)],
        env=environment, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.strip()


def test_nothing_is_sent_and_nothing_is_written(tmp_path: Path) -> None:
    printed = python(
        """
        import os, sys
        opened = []
        def watch(event, details):
            if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
                opened.append((event, details))
        sys.addaudithook(watch)
        from recount.guard import judge
        print(len(judge(month(), PARAMETERS).validations) > 40)
        print(opened, os.environ["GX_ANALYTICS_ENABLED"])
        """,
        tmp_path,
    )
    assert printed == "True\n[] false"
    assert list(tmp_path.iterdir()) == []


def test_great_expectations_is_imported_only_to_judge(tmp_path: Path) -> None:
    printed = python(
        """
        import sys
        import recount.guard
        print({"great_expectations", "pandas", "scipy", "altair"} & set(sys.modules))
        """,
        tmp_path,
    )
    assert printed == "set()"


def test_what_is_put_off_is_not_loaded_and_stays_usable(tmp_path: Path) -> None:
    printed = python(
        """
        import gc, sys
        from recount.guard import judge
        judge(month(), PARAMETERS)
        print({"scipy.stats", "altair"} & set(sys.modules), gc.isenabled())
        import altair, scipy.stats
        from scipy.stats import entropy
        print(round(float(entropy([0.5, 0.5])), 4), altair.__name__, scipy.stats.__name__)
        """,
        tmp_path,
    )
    assert printed == "set() True\n0.6931 altair scipy.stats"


def test_an_expectation_that_needs_what_was_put_off_is_judged(tmp_path: Path) -> None:
    text = """- expect: column_kl_divergence_to_be_less_than
  column: period
  partition_object: {values: ["2016-03"], weights: [1]}
  threshold: 1
  rule: drift
  severity: note
  hop: reconcile
  because: it can be asked
  observed: nothing"""
    printed = python(
        f"""
        from pathlib import Path
        from recount.guard import judge
        folder = Path("expectations"); folder.mkdir()
        written(folder, {text!r})
        found = judge(month(), PARAMETERS, folder).validations
        print([each.outcome.value for each in found if each.rule == "drift"])
        import sys
        print("scipy.stats" in sys.modules)
        """,
        tmp_path,
    )
    assert printed == "['as expected']\nTrue"


def test_what_is_loaded_already_stays_as_it_is(tmp_path: Path) -> None:
    printed = python(
        """
        import sys
        import altair, scipy.stats
        from recount.guard import judge
        judge(month(), PARAMETERS)
        print(sys.modules["altair"] is altair, sys.modules["scipy.stats"] is scipy.stats)
        """,
        tmp_path,
    )
    assert printed == "True True"
