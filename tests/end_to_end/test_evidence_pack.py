"""A final statement leaves an evidence pack, and whoever has it can recompute all that it says."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount import evaluator
from recount.cli import main
from recount.evidence.shipping import as_one_file
from recount.recomputing.packs import MANIFEST, MEMBERS, Pack, canonical, digest
from recount.recomputing.proof import Report
from recount.recomputing.proof import verify as prove
from tests.end_to_end.buyer import Buyer, html_of
from tests.end_to_end.packs import (
    AS_OF,
    Members,
    bare_python,
    members_of,
    pack_of,
    resealed,
    table,
    with_cells,
    write_rich_month,
    written,
)
from tests.support.small import MONTH_END


@pytest.fixture(scope="module")
def buyer(tmp_path_factory: pytest.TempPathFactory) -> Buyer:
    folder = tmp_path_factory.mktemp("rich")
    return Buyer(write_rich_month(folder / "month"), folder / "lake")


@pytest.fixture(scope="module")
def statement(buyer: Buyer) -> dict[str, Any]:
    return buyer.statement(as_of=AS_OF)


@pytest.fixture(scope="module")
def pack(buyer: Buyer, statement: dict[str, Any]) -> Path:
    return pack_of(buyer)


@pytest.fixture(scope="module")
def members(pack: Path) -> Members:
    return members_of(pack)


def checked(members: Members, folder: Path) -> Report:
    return prove(str(written(members, folder / "pack.zip")))


def verify(*words: str) -> Result:
    return CliRunner().invoke(main, ["verify", *words])


# --- leaving a pack


def test_a_run_says_where_the_pack_is_and_the_stored_statement_does_not(
    buyer: Buyer, statement: dict[str, Any], pack: Path
) -> None:
    assert statement["evidence"] == pack.as_uri().replace("%3A", ":").replace("%3D", "=")
    assert buyer.published(AS_OF)["evidence"] is None
    assert "pack.zip" in html_of(buyer.mails("finance")[-1])


def test_the_month_has_nearly_every_status(statement: dict[str, Any]) -> None:
    lines = statement["outcomes"]["resolution"]["lines"]
    assert lines.keys() == {
        "agreed", "duplicate", "unknown_subject", "out_of_scope", "out_of_period",
        "not_an_outcome", "unverifiable", "wrong_price", "not_invoiced",
    }  # fmt: skip


def test_a_provisional_statement_leaves_nothing(buyer: Buyer, tmp_path: Path) -> None:
    early = Buyer(buyer.contract, tmp_path / "lake")
    assert early.statement(as_of=MONTH_END)["evidence"] is None
    assert not [key for key in early.objects() if "pack" in key]


def test_a_repeated_run_ends_in_the_same_bytes(
    buyer: Buyer, statement: dict[str, Any], tmp_path: Path
) -> None:
    again = buyer.copy(tmp_path / "lake")
    before = again.objects("evidence", "marts", "statements")
    again.statement(as_of=AS_OF)
    assert again.objects("evidence", "marts", "statements") == before
    pack_of(again).unlink()
    again.statement(as_of=AS_OF)
    assert again.objects("evidence", "marts", "statements") == before


def test_zone_locale_and_cores_change_no_byte(buyer: Buyer, pack: Path, tmp_path: Path) -> None:
    words = ["run", "--contract", str(buyer.contract), "--period", "2026-03", "--as-of", AS_OF]
    lake, recount = str(tmp_path / "lake"), Path(sys.executable).with_name("recount")
    environment = {**os.environ, "TZ": "Asia/Kolkata", "LC_ALL": "C.UTF-8", "LANG": "tr_TR.UTF-8"}
    done = subprocess.run(
        [recount, *words, "--lake", lake], env=environment, capture_output=True, check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert pack_of(Buyer(buyer.contract, Path(lake))).read_bytes() == pack.read_bytes()


def test_another_statement_of_the_same_instant_has_a_pack_beside_the_first(
    tmp_path: Path, buyer: Buyer, pack: Path
) -> None:
    contract = write_rich_month(tmp_path / "month")
    invoice = contract.parent / "2026-03.csv"
    late, invoice_data = Buyer(contract, tmp_path / "lake"), invoice.read_bytes()
    invoice.unlink()
    missing = late.statement(as_of=AS_OF)
    invoice.write_bytes(invoice_data)
    arrived = late.statement(as_of=AS_OF)
    assert (missing["decision"], arrived["decision"]) == ("hold", "dispute")
    assert [uri.rpartition("/")[2] for uri in (missing["evidence"], arrived["evidence"])] == [
        "pack.zip", "pack-2.zip",
    ]  # fmt: skip
    assert verify(missing["evidence"], arrived["evidence"]).exit_code == 0


# --- what is in it


def test_a_pack_says_nothing_that_a_verdict_does_not_need(members: Members) -> None:
    subjects = table(members["subjects.csv"])
    heading = subjects[0]
    assert {row[heading.index("tier")] for row in subjects[1:]} == {""}
    events = table(members["events.csv"])
    actors = {row[events[0].index("actor_id")] for row in events[1:]}
    assert actors == {"", "fin-bot"}


def test_an_actor_has_the_type_of_the_registry(members: Members) -> None:
    heading, *events = table(members["events.csv"])
    rows = [dict(zip(heading, event, strict=True)) for event in events]
    assert {row["actor_type"] for row in rows if row["actor_id"] == "fin-bot"} == {"ai_agent"}


def test_no_cell_is_a_formula_and_each_is_read_as_it_was(pack: Path, members: Members) -> None:
    texts = [cell for name in members if name.endswith(".csv") for row in table(members[name])
             for cell in row]  # fmt: skip
    assert not [text for text in texts if text.startswith(("=", "+", "@", "\t", "\r"))]
    with pack.open("rb") as file:
        read = {row["subject_id"] for row in Pack(file).rows("subjects.csv")}
    assert {"=cmd()", "'-quoted"} <= read


def test_the_manifest_lists_every_member_with_its_hash(members: Members) -> None:
    manifest = json.loads(members[MANIFEST])
    listed = {each["name"]: each["sha256"] for each in manifest["members"]}
    assert listed == {name: digest(data) for name, data in members.items() if name != MANIFEST}
    assert list(members) == sorted(MEMBERS)


# --- proving it


def test_it_is_proven_by_bare_python_in_an_empty_folder(pack: Path, tmp_path: Path) -> None:
    done = bare_python(tmp_path, pack)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("proven: ")


def test_bare_python_in_an_empty_folder_names_what_was_altered(
    members: Members, tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    altered = written({**members, "method.md": b"trust me"}, tmp_path / "pack.zip")
    done = bare_python(folder, altered)
    assert (done.returncode, done.stderr) == (1, "")
    assert "method.md: altered; it is not what the manifest lists" in done.stdout


def test_the_pack_ships_that_one_file(members: Members) -> None:
    assert members["evaluator.py"] == as_one_file().encode()


def by_path(file: Path | str, *words: Path) -> subprocess.CompletedProcess[str]:
    """Run the specification by its path, by Python without anything that is installed."""
    return subprocess.run(
        [sys.executable, "-I", "-S", file, *words],
        env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_bare_python_proves_it_from_a_copy_of_recount_too(pack: Path) -> None:
    done = by_path(evaluator.__file__, pack)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"proven: {pack}")


def test_the_verdicts_alone_prove_nothing_and_say_what_they_lack(
    pack: Path, tmp_path: Path
) -> None:
    done = by_path(shutil.copy(evaluator.__file__, tmp_path / "evaluator.py"), pack)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{tmp_path / 'evaluator.py'} needs recomputing/ beside it")


def test_recount_verify_says_the_same(pack: Path) -> None:
    done = verify(str(pack), "--json")
    document = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (document["result"], document["differences"]) == ("proven", [])
    assert document["manifest"] == digest(members_of(pack)[MANIFEST])


def test_every_altered_byte_is_named(members: Members, tmp_path: Path) -> None:
    chance = Random(20260301)
    for name in MEMBERS:
        for _ in range(3):
            data = bytearray(members[name])
            place = chance.randrange(len(data))
            data[place] ^= 1 << chance.randrange(8)
            report = checked({**members, name: bytes(data)}, tmp_path)
            named = {each.member for each in report.differences}
            assert report.result == "unreadable" or name in named or name == MANIFEST, name
            assert report.result != "proven"


def test_every_altered_byte_of_the_file_is_noticed(pack: Path, tmp_path: Path) -> None:
    chance, data = Random(7), pack.read_bytes()
    places = [chance.randrange(len(data)) for _ in range(20)]
    places += range(len(data) - 22, len(data), 3)
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        (tmp_path / "pack.zip").write_bytes(changed)
        assert prove(str(tmp_path / "pack.zip")).exit_code > 0, place


CSV = [name for name in MEMBERS if name.endswith(".csv")]


def test_every_row_that_is_left_out_added_or_moved_is_named(
    members: Members, tmp_path: Path
) -> None:
    for name in CSV:
        heading, *rows = members[name].splitlines(keepends=True)
        changes = [[heading, *rows, b",".join(b"x" for _ in heading.split(b",")) + b"\n"]]
        changes += [[heading, *rows[1:]]] if rows else []
        changes += [[heading, *rows[1:], rows[0]]] if len(rows) > 1 else []
        for changed in changes:
            report = checked({**members, name: b"".join(changed)}, tmp_path)
            assert name in {each.member for each in report.differences}, name


def test_members_that_are_added_or_reordered_are_named(members: Members, tmp_path: Path) -> None:
    added = {**members, "zz_more.csv": b"a\n"}
    names = list(members)
    names[3], names[9] = names[9], names[3]
    reordered = {name: members[name] for name in names}
    assert {"zz_more.csv"} == {each.member for each in checked(added, tmp_path).differences}
    found = checked(reordered, tmp_path).differences
    assert {names[3], names[9]} <= {each.member for each in found}
    assert all("order" in each.says for each in found)


FALSIFIED = [
    ("candidates.csv", "verdict", "not_met", "met"),
    ("clause_verdicts.csv", "verdict", "not_met", "met"),
    ("clause_verdicts.csv", "deciding_event_id", "a3", "a1"),
    ("determinations.csv", "verdict", "met", "not_met"),
    ("reconciliation_lines.csv", "match_status", "agreed", "not_an_outcome"),
    ("reconciliation_lines.csv", "gap_part", "data", "definition"),
    ("reconciliation_lines.csv", "unit_price_contract", "1.500000", "1.000000"),
    ("line_totals.csv", "line_count", "1", "2"),
    ("verdict_totals.csv", "verdict_count", "1", "2"),
    ("outcomes.csv", "over_invoiced_count", "6", "7"),
    ("charges.csv", "amount", "10.000000", "20.000000"),
    ("bands.csv", "last_event_id", "a6", "a1"),
    ("performance.csv", "met_count", "1", "0"),
    ("performance_intervals.csv", "is_reached", "true", "false"),
    ("events.csv", "event_type", "reopened", "rated"),
    ("events.csv", "actor_type", "ai_agent", "human_agent"),
    ("subjects.csv", "queue", "sales", "billing"),
    ("invoice_lines.csv", "amount", "2.000000", "1.000000"),
    ("coverage.csv", "observed_until", "2026-06-01T00:00:00Z", "2026-03-05T00:00:00Z"),
    ("periods.csv", "ends_at", "2026-04-01T00:00:00Z", "2026-03-05T00:00:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "column", "is_so", "said"), FALSIFIED)
def test_what_is_falsified_together_with_its_hash_is_found_by_recomputing(
    members: Members, tmp_path: Path, name: str, column: str, is_so: str, said: str
) -> None:
    hits: list[str] = []

    def falsify(row: dict[str, str]) -> None:
        if row[column] == is_so and not hits:
            hits.append(row[column])
            row[column] = said

    changed = with_cells(members[name], falsify)
    assert hits, "the month must hold what is to be falsified"
    report = checked(resealed({**members, name: changed}), tmp_path)
    assert report.result == "differs"
    assert report.differences


@pytest.mark.parametrize("number", ["1E999999999", "NaN", "Infinity", "0x10", "9" * 5000])
def test_a_number_that_is_none_is_a_difference_and_fills_no_memory(
    members: Members, tmp_path: Path, number: str
) -> None:
    changed = with_cells(members["invoice_lines.csv"], lambda row: row.update(amount=number))
    report = checked(resealed({**members, "invoice_lines.csv": changed}), tmp_path)
    assert report.result == "differs"
    assert "is no number" in str(report.differences[-1])


LEAVES = [
    ("outcomes", "resolution", "recounted_count"), ("amounts", "disputed"), ("amounts", "pay_now"),
    ("amounts", "at_most"), ("gap", "data"), ("gap", "amounts", "arithmetic"),
    ("over_invoiced", "amount"), ("divergence", "of_invoiced"), ("performance", "bonus", "met"),
    ("settles", "amount"), ("decision",), ("kind",), ("is_above_tolerance",), ("inputs", "invoice"),
    ("outcomes", "resolution", "reasons", "quiet"), ("currency",), ("final_from",), ("version",),
]  # fmt: skip


@pytest.mark.parametrize("path", LEAVES)
def test_every_figure_of_the_statement_is_recomputed(
    members: Members, tmp_path: Path, path: tuple[str, ...]
) -> None:
    document = json.loads(members["statement.json"])
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = "999"
    data = canonical(document)
    report = checked(resealed({**members, "statement.json": data}), tmp_path)
    assert [f"{each.member} {each.where}" for each in report.differences] == [
        f"statement.json {'.'.join(path)}"
    ]


# --- what is no pack


def test_what_is_no_whole_pack_is_unreadable(members: Members, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no zip", "utf-8")
    without = {name: data for name, data in members.items() if name != "events.csv"}
    tricks = {
        "../events.csv": b"", "/etc/passwd": b"", "a\\b.csv": b"", "c:x.csv": b"",
    }  # fmt: skip
    reports = [prove(str(tmp_path / name)) for name in ("text.zip", "nothing.zip")]
    reports += [checked(without, tmp_path)]
    reports += [checked({**members, name: data}, tmp_path) for name, data in tricks.items()]
    assert [report.exit_code for report in reports] == [2] * 7
    assert "events.csv is missing" in str(reports[2].because)


def test_a_pack_that_would_swell_is_not_even_begun(members: Members, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in members:
            archive.writestr(name, b"0" * 10_000_000 if name == "events.csv" else members[name])
    report = prove(str(path))
    assert (report.exit_code, "compressed" in str(report.because)) == (2, True)


def test_nothing_in_a_pack_is_run(members: Members, tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'run')!r}, 'w')".encode()
    report = checked(resealed({**members, "evaluator.py": trap}), tmp_path)
    assert not (tmp_path / "run").exists()
    assert report.result == "proven"


@pytest.mark.parametrize("words", [["--help"], ["nothing.zip"], []])
def test_the_command_explains_itself(words: list[str]) -> None:
    done = verify(*words)
    assert done.exit_code == (0 if words == ["--help"] else 2)
    assert "Traceback" not in done.output
