"""Mails in a real browser: nothing in them runs, and no name pushes the figures out of sight."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from recount.notify.delivery import Post
from recount.notify.finance import finance_mail
from tests.unit.notify.months import ACME, lines, statement
from tests.unit.notify.parsing import one_mail_in
from tests.unit.notify.test_hostile_documents import drafted, hostile

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
WIDTH = 760
# What the page came to is told by its title; the mail itself has no script.
PROBE = """<script>document.title = JSON.stringify({
    width: document.documentElement.scrollWidth, ran: window.ran || 0})</script>"""
RUNS = (
    "<script>window.ran=1</script><img src=x onerror=window.ran=1>"
    "<svg onload=window.ran=1><a href=javascript:window.ran=1>x</a>"
)


def shown(html: str, folder: Path) -> dict[str, Any]:
    """Open a mail in the browser; return how wide it is, and whether anything in it ran."""
    page = folder / "mail.html"
    page.write_text(html.replace("</body>", f"{PROBE}</body>"), "utf-8")
    done = subprocess.run(
        [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         f"--user-data-dir={folder}", f"--window-size={WIDTH},1200", "--virtual-time-budget=2000",
         "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    (title,) = re.findall("<title>(.*?)</title>", done.stdout)
    found: dict[str, Any] = json.loads(unescape(title))
    return found


def is_quiet(html: str, folder: Path) -> bool:
    """Say whether nothing of a mail ran, and all of it is in sight."""
    seen = shown(html, folder)
    return bool(seen["ran"] == 0 and 0 < seen["width"] <= WIDTH)


def test_the_probe_would_see_what_runs_and_what_is_too_wide(tmp_path: Path) -> None:
    html = f"<html><head><title></title></head><body>{RUNS}<pre>{'x' * 1000}</pre></body></html>"
    seen = shown(html, tmp_path)
    assert seen["ran"] == 1
    assert seen["width"] > WIDTH


@pytest.mark.parametrize("text", [RUNS, "x" * 1000], ids=["markup", "long"])
def test_the_notice_stays_as_wide_as_it_is_and_runs_nothing(
    outbox: Post, tmp_path: Path, text: str
) -> None:
    assert is_quiet(drafted(outbox, hostile(text)).html, tmp_path)


@pytest.mark.parametrize("text", [RUNS, "x" * 1000], ids=["markup", "long"])
def test_finances_mail_stays_as_wide_as_it_is_and_runs_nothing(
    outbox: Post, tmp_path: Path, text: str
) -> None:
    table = lines()
    said = statement(table, decision="dispute")
    finding = {"rule": text, "severity": "note", "because": text, "observed": text}
    finance_mail({**said, "findings": [finding]}, table, hostile(text), outbox, notice=None)
    mail = one_mail_in(outbox.lake, "outbox", "finance")
    assert is_quiet(mail.html, tmp_path)


def test_an_ordinary_notice_is_as_wide_as_the_window(outbox: Post, tmp_path: Path) -> None:
    assert is_quiet(drafted(outbox, ACME).html, tmp_path)
