"""A person's key can be erased when the law asks for it, and every proof stays what it was."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from recount.sources.requesters import requester_key
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.packs import bare_python, members_of, pack_of
from tests.support.cases import MINIMAL
from tests.support.small import FINAL, LINES, write_contract

CALLER = "Caller 1716"
# the caller of INC1 comes back within the window with INC2; the one of INC3 does not
INCIDENTS = """\
number,incident_state,sys_mod_count,sys_updated_by,sys_updated_at,opened_at,caller_id
INC1,New,0,Updated by 9,2/3/2026 09:00,2/3/2026 09:00,Caller 1716
INC1,Resolved,1,Updated by 60,3/3/2026 09:00,2/3/2026 09:00,Caller 1716
INC2,New,0,Updated by 9,8/3/2026 09:00,8/3/2026 09:00,Caller 1716
INC3,New,0,Updated by 9,9/3/2026 09:00,9/3/2026 09:00,Caller 2
INC3,Resolved,1,Updated by 60,10/3/2026 09:00,9/3/2026 09:00,Caller 2
"""
CLAUSE = {"forbids": {"event": "opened", "within": "14 days", "link": "requester"}}


def write_desk(folder: Path) -> Path:
    """Write a month whose only doubt is whether one person came back."""
    folder.mkdir()
    (folder / "incidents.csv").write_text(INCIDENTS, "utf-8")
    bill = LINES.replace("T1,", "helpdesk-INC1,").replace("T2,", "helpdesk-INC3,")
    (folder / "2026-03.csv").write_text("".join(bill.splitlines(keepends=True)[:3]), "utf-8")
    resolution = MINIMAL["outcomes"]["resolution"] | {"clauses": {"quiet": CLAUSE}}
    return write_contract(
        folder, "acme",
        sources={
            "helpdesk": {"system": "servicenow_export", "location": "incidents.csv"},
            "invoice": {"system": "recount_csv", "location": "{period}.csv"},
        },
        actors={"ai_agent": [{"id": "Updated by 60"}]},
        outcomes={"resolution": resolution},
    )  # fmt: skip


@dataclass
class Erased:
    buyer: Buyer
    statement: dict[str, object]
    objects: dict[str, bytes]
    key: str


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Erased:
    """A disputed month that is final and told, and its caller's key erased after that."""
    folder = tmp_path_factory.mktemp("retention")
    with pytest.MonkeyPatch.context() as at:
        at.setenv("RECOUNT_PERSON_KEYS", str(folder / "keys.sqlite"))
        buyer = Buyer(write_desk(folder / "desk"), folder / "lake")
        statement, key = buyer.statement(), requester_key(CALLER)
        objects = buyer.objects()
        done = recount("people", "erase", CALLER, "--contracts", str(buyer.contract))
        assert (done.exit_code, done.output) == (0, "1 erased\n")
        assert requester_key(CALLER) != key
    return Erased(buyer, statement, objects, key)


def recount(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_the_verdict_rests_on_the_person_who_came_back(erased: Erased) -> None:
    assert erased.statement["decision"] == "dispute"
    outcome = erased.statement["outcomes"]["resolution"]  # type: ignore[index]
    assert outcome["reasons"] == {"quiet": 1}
    assert erased.key.encode() in erased.buyer.unpacked("landed")


def test_nothing_in_the_lake_changes_when_a_key_is_erased(erased: Erased) -> None:
    assert erased.buyer.objects() == erased.objects
    assert CALLER.encode() not in erased.buyer.unpacked()


def test_the_pack_is_proven_by_both_verifiers(erased: Erased, tmp_path: Path) -> None:
    pack = pack_of(erased.buyer, FINAL)
    assert erased.key.encode() in members_of(pack)["subjects.csv"]
    assert recount("verify", str(pack)).output.startswith("proven: ")
    assert bare_python(tmp_path, pack).stdout.startswith("proven: ")


def test_every_figure_leads_to_its_records_and_their_hashes(erased: Erased) -> None:
    lake = ["--lake", str(erased.buyer.lake), "--json"]
    for figure in ("amounts.disputed", "outcomes.resolution.reasons.quiet", "helpdesk-INC1"):
        done = recount("trace", "acme", figure, *lake)
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["broken"] == []


def test_a_run_again_ends_in_the_same_bytes_and_mails_nobody(
    erased: Erased, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOUNT_PERSON_KEYS", str(tmp_path / "other-keys.sqlite"))
    again = erased.buyer.copy(tmp_path / "lake")
    statement = again.statement()
    assert {**statement, "evidence": None} == {**erased.statement, "evidence": None}
    assert again.objects() == erased.objects
