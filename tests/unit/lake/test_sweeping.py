"""What was left behind is listed and counts nowhere; what is complete is never deleted."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from recount import due, published
from recount.cli import main
from recount.errors import LandingError
from recount.evidence.register import Register, sha256
from recount.lake import CONNECTION, Lake, open_lake
from recount.notify.delivery import Post
from recount.notify.drafting import mail_key
from recount.notify.finance import finance_mail
from recount.stores import StoreError, client
from recount.sweeping import unreferenced
from recount.unfinished import Upload, abort, unfinished
from tests.unit.lake.landed import CHAIN, RECEIVED_AT, land, path_of
from tests.unit.lake.test_feeds import Pages
from tests.unit.lake.test_feeds import land as land_feed
from tests.unit.notify.months import ACME, lines, statement

SLOT = published.Slot("acme", "2026-03", datetime(2026, 5, 2, tzinfo=UTC))
HASH = "0" * 64


def left_in(lake: Lake) -> list[str]:
    return [each.key for each in unreferenced(lake)]


def swept(lake: Lake, *words: str) -> Result:
    return CliRunner().invoke(main, ["sweep", "--lake", lake.place.uri, *words])


def leave_half_done(lake: Lake, key: str) -> None:
    """Begin an upload as a writer does that is killed before its end."""
    if lake.place.uri.startswith("file:"):
        path = path_of(lake, f"{key}#1")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
        return
    bucket, _, prefix = lake.place.uri.removeprefix("s3://").partition("/")
    storage = client(lake.place.uri, CONNECTION)
    begun = storage.create_multipart_upload(Bucket=bucket, Key=f"{prefix}/{key}")
    storage.upload_part(
        Bucket=bucket, Key=f"{prefix}/{key}", UploadId=begun["UploadId"], PartNumber=1, Body=b"half"
    )


# --- objects that nothing names


@pytest.mark.parametrize(
    ("key", "because"),
    [
        (f"{CHAIN}/period=2016-03/{HASH}.zst", "no manifest lists this page"),
        (f"marts/candidates/{SLOT.path}/{HASH}.parquet", "no manifest lists this mart"),
        (f"contracts/acme/{HASH}.json", "no month was landed or recounted by this contract"),
        (f"guard/{SLOT.path}/{HASH}.html", "no findings name this page"),
        (f"notices/n1/{HASH}.eml", "no step of the register names this draft"),
        (f"mails/m1/{HASH}.eml", "no step of the register names this draft"),
        (f"attachments/{HASH}.xlsx", "no mail names this file"),
        ("outbox/2026-03-acme-notice-1.eml", "no step of a register names this mail"),
        (f"audit/{SLOT.path}/0123/index.html", "no site has this page"),
        (f"evidence/{SLOT.path}/pack-2.sig", "no pack lies beside it"),
        (f"{CHAIN}/manifests/notes.json", "no manifest lists this page"),
        ("notes.txt", "Recount makes no object of this name"),
    ],
)
def test_an_object_that_nothing_names_is_listed_with_the_reason(
    disk: Lake, key: str, because: str
) -> None:
    land(disk, b"a")
    disk.put_once(key, b"left")
    assert [each.as_json() for each in unreferenced(disk)] == [{"key": key, "because": because}]
    assert disk.get(key) == b"left"


def test_a_page_that_another_contract_landed_as_well_is_left_all_the_same(disk: Lake) -> None:
    named = land(disk, b"a").pages[0].key
    other = named.replace("acme.", "globex.")
    disk.put_once(other, disk.get(named))
    assert left_in(disk) == [other]


def test_the_pages_of_an_extraction_under_way_are_its_parts(disk: Lake) -> None:
    with pytest.raises(Exception, match="the source failed"):
        land_feed(disk, Pages(3, fails_at=2))
    assert len([key for key in disk.keys(CHAIN) if key.endswith(".zst")]) == 2
    assert left_in(disk) == []


def test_a_page_of_an_attempt_that_another_one_overtook_is_left(disk: Lake) -> None:
    with pytest.raises(Exception, match="the source failed"):
        land_feed(disk, Pages(3, fails_at=2))
    land_feed(disk, Pages(1), request="y")
    (left,) = left_in(disk)
    assert left.endswith(f"{sha256(b'2')}.zst")


def test_what_counts_by_itself_is_not_listed(disk: Lake) -> None:
    pack = f"evidence/{SLOT.path}/pack"
    for key in ("lake.json", "people.json", f"{pack}.zip", f"{pack}.sig", f"{pack}.tsr"):
        disk.put_once(key, b"{}")
    assert left_in(disk) == []


def test_marts_count_by_any_edition_of_their_manifest(disk: Lake) -> None:
    keys = [f"marts/claims/{SLOT.path}/{digit * 64}.parquet" for digit in "12"]
    for key in keys:
        disk.put_once(key, b"")
        listed = {"claims": {"key": key, "sha256": "", "rows": 0}}
        published.publish(disk, published.manifest_folder(SLOT), {"marts": listed})
    assert left_in(disk) == []


def test_a_draft_is_named_by_a_step_of_its_own_register_alone(disk: Lake) -> None:
    mail = b"Subject: x\r\n\r\n"
    for folder in ("notices/1", "notices/2"):
        disk.put_once(mail_key(folder, sha256(mail)), mail)
    Register(disk, "notices/1").append((), "drafted", at=RECEIVED_AT, mail=sha256(mail))
    assert left_in(disk) == [mail_key("notices/2", sha256(mail))]


def test_a_workbook_that_lies_beside_its_mail_is_named_by_it(disk: Lake) -> None:
    small = Post(disk, None, SLOT.as_of, most_bytes=10_000)
    finance_mail(statement(lines(), decision="pay"), lines(), ACME, small, notice=None)
    assert disk.keys("attachments")
    assert left_in(disk) == []


def test_a_manifest_that_is_damaged_is_named_and_nothing_is_listed(disk: Lake) -> None:
    path = path_of(disk, land(disk, b"a").key)
    path.write_bytes(b"{")
    with pytest.raises(LandingError, match=r"00000001\.json is damaged; restore it"):
        unreferenced(disk)
    assert (swept(disk).exit_code, f"{path} is damaged" in swept(disk).output) == (2, True)


# --- uploads that were left half done


def test_an_upload_that_was_left_half_done_is_listed_and_no_object(lake: Lake) -> None:
    land(lake, b"a")
    keys = lake.keys()
    leave_half_done(lake, key := "statements/contract=acme/00000001.json")
    assert [each.key for each in unfinished(lake)] == [key]
    assert (lake.keys(), lake.exists(key), left_in(lake)) == (keys, False, [])
    assert list(published.statements(lake)) == []
    assert due.last_statements(lake) == {}


def test_what_was_left_half_done_keeps_nobody_from_creating_the_object(lake: Lake) -> None:
    leave_half_done(lake, "a/b")
    lake.put_once("a/b", b"whole")
    assert (lake.keys(), lake.get("a/b")) == (["a/b"], b"whole")
    assert [each.key for each in unfinished(lake)] == ["a/b"]


def test_only_what_was_begun_before_the_instant_is_aborted(lake: Lake) -> None:
    lake.put_once("lake.json", b"{}")
    leave_half_done(lake, "a")
    (upload,) = unfinished(lake)
    at, later = upload.begun_at, upload.begun_at + timedelta(seconds=1)
    kept = swept(lake, "--abort-before", at.isoformat())
    assert (kept.exit_code, unfinished(lake)) == (1, [upload])
    aborted = swept(lake, "--json", "--abort-before", later.isoformat())
    document = json.loads(aborted.stdout)
    assert (aborted.exit_code, unfinished(lake), lake.keys()) == (0, [], ["lake.json"])
    assert ([each["key"] for each in document["aborted"]], document["unfinished"]) == (["a"], [])


def test_uploads_of_another_prefix_are_not_ours(
    moto_url: str, signed_in: pytest.MonkeyPatch
) -> None:
    signed_in.setenv("AWS_ENDPOINT_URL", moto_url)
    prefix = uuid4().hex
    ours, other = open_lake(f"s3://recount/{prefix}"), open_lake(f"s3://recount/{prefix}-other")
    leave_half_done(other, "a")
    assert (unfinished(ours), len(unfinished(other))) == ([], 1)


def test_a_file_whose_writer_was_killed_after_its_last_byte_is_only_a_second_name(
    disk: Lake,
) -> None:
    disk.put_once("a/b", b"whole")
    path_of(disk, "a/b#1").hardlink_to(path_of(disk, "a/b"))
    (upload,) = unfinished(disk)
    abort(disk, upload)
    assert (unfinished(disk), disk.get("a/b")) == ([], b"whole")


def test_an_upload_that_ended_meanwhile_is_no_failure(lake: Lake) -> None:
    leave_half_done(lake, "a")
    (upload,) = unfinished(lake)
    abort(lake, upload)
    abort(lake, upload)
    assert unfinished(lake) == []


def test_a_storage_that_does_not_let_us_list_is_a_sentence(
    ceph_url: str, signed_in: pytest.MonkeyPatch
) -> None:
    signed_in.setenv("AWS_ENDPOINT_URL", ceph_url)
    lake = open_lake("s3://recount/x")
    signed_in.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    for use in (unfinished, lambda lake: abort(lake, Upload("a", RECEIVED_AT, "1"))):
        with pytest.raises(StoreError, match=r"does not let us list .* \(SignatureDoesNotMatch\)"):
            use(lake)


def test_nothing_left_is_said_and_ends_with_zero(disk: Lake, tmp_path: Path) -> None:
    assert (swept(disk).exit_code, swept(disk).output) == (0, "Nothing was left here.\n")


def test_a_line_says_what_was_left(disk: Lake) -> None:
    disk.put_once("notes.txt", b"")
    leave_half_done(disk, "a")
    done = swept(disk)
    assert done.exit_code == 1
    first, second = done.output.splitlines()
    assert first == "unreferenced  notes.txt: Recount makes no object of this name"
    assert second.startswith("unfinished    a: an upload begun at ")
