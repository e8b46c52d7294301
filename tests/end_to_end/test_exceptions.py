"""What people accepted, approved or changed by hand is in one list, with its expiry."""

import json
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result

from recount.cli import main
from recount.evidence.decisions import approve
from recount.evidence.register import Register
from recount.lake import open_lake
from recount.periods import parse_instant
from tests.end_to_end.buyer import Buyer
from tests.support.small import FINAL, LINES, write_month

WAIVER = {
    "lint": "audit_right", "at": "rights.raw_event_export", "because": "under negotiation",
    "accepted_by": "Ann", "expires_on": "2026-06-30",
}  # fmt: skip


def listed(buyer: Buyer, *words: str) -> Result:
    where = ["--contract", str(buyer.contract), "--lake", str(buyer.lake)]
    return CliRunner().invoke(main, ["exceptions", *where, *words])


def documents(buyer: Buyer) -> Any:
    return json.loads(listed(buyer, "--json").stdout)


def test_a_waiver_holds_until_its_last_day_and_is_expired_after_it(tmp_path: Path) -> None:
    buyer = Buyer(write_month(tmp_path, waivers=[WAIVER]), tmp_path / "lake")
    last, after = listed(buyer, "--on", "2026-06-30"), listed(buyer, "--on", "2026-07-01")
    assert (last.exit_code, after.exit_code) == (0, 1)
    assert "waiver (holds)" in last.stdout
    assert "waiver (expired)" in after.stdout
    assert "by Ann, until 2026-06-30: under negotiation" in after.stdout


def test_nothing_is_listed_where_there_is_nothing(tmp_path: Path) -> None:
    buyer = Buyer(write_month(tmp_path), tmp_path / "lake")
    assert listed(buyer).stdout == "There are none.\n"


def test_an_approval_is_listed_with_who_gave_it_also_where_nobody_did(tmp_path: Path) -> None:
    automatic = Buyer(write_month(tmp_path / "a"), tmp_path / "a/lake")
    automatic.statement(as_of=FINAL)
    (approval,) = documents(automatic)
    assert (approval["kind"], approval["period"]) == ("approval", "2026-03")
    assert "automatic" in approval["by"]
    notify = {"finance": ["ap@acme.example"], "vendor": ["b@vendor.example"],
              "approval": "required"}  # fmt: skip
    by_hand = Buyer(write_month(tmp_path / "b", notify=notify), tmp_path / "b/lake")
    by_hand.statement(as_of=FINAL)
    assert documents(by_hand) == []
    lake = open_lake(str(by_hand.lake))
    (folder,) = {key.split("/")[1] for key in lake.keys("notices")}
    register = Register(lake, f"notices/{folder}")
    content = register.steps()[-1].facts["content"]
    approve(register, content=content, by="Ben", at=parse_instant("2026-05-03T09:00:00Z"))
    (approval,) = documents(by_hand)
    assert (approval["by"], approval["at"]) == ("Ben", "2026-05-03T09:00:00Z")


def test_a_hold_that_other_evidence_lifted_is_listed_with_it(tmp_path: Path) -> None:
    buyer = Buyer(write_month(tmp_path), tmp_path / "lake")
    (tmp_path / "2026-03.csv").rename(tmp_path / "late.csv")
    assert buyer.statement()["decision"] == "hold"
    (tmp_path / "2026-03.csv").write_text(LINES, "utf-8")
    buyer.statement("--refresh")
    (lifted,) = [each for each in documents(buyer) if each["kind"] == "hold_lifted"]
    assert lifted["what"] == f"invoice_missing as of {FINAL}"
    assert lifted["because"] == "landed anew: invoice"


def test_waivers_of_every_version_are_listed(tmp_path: Path) -> None:
    path = write_month(tmp_path, waivers=[WAIVER])
    terms = yaml.safe_load(path.read_text("utf-8"))
    folder = tmp_path / "versions"
    folder.mkdir()
    for version, first, until in ((1, "2026-03-01", "2026-04-01"), (2, "2026-04-01", "2026-05-01")):
        terms |= {"version": version, "effective": {"from": first, "until": until}}
        (folder / f"v{version}.yml").write_text(yaml.safe_dump(terms, sort_keys=False), "utf-8")
    found = documents(Buyer(folder, tmp_path / "lake"))
    assert [each["what"][-9:] for each in found] == ["version 1", "version 2"]
