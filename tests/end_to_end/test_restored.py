"""A lake that is restored has forgotten what was sent since its backup; a person says it again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from recount.cli import main
from recount.demo.post_office import post_office
from tests.end_to_end.buyer import Buyer
from tests.support.small import write_month


@contextmanager
def connected(mail: Path) -> Iterator[None]:
    """A mail server that writes each mail that it gets into a folder."""
    with pytest.MonkeyPatch.context() as patch, post_office(mail) as port:
        server = {"conn_type": "smtp", "host": "127.0.0.1", "port": port}
        patch.setenv("AIRFLOW_CONN_RECOUNT_SMTP", json.dumps(server))
        yield


def received(mail: Path, message_id: str) -> int:
    """How often the server got the mail of that Message-ID."""
    return sum(message_id.encode() in path.read_bytes() for path in mail.iterdir())


def record(buyer: Buyer, notice: str, what: str) -> None:
    words = [
        "disputes",
        "record",
        notice,
        what,
        "--by",
        "Jo Kern",
        "--because",
        "the vendor has it",
    ]
    done = CliRunner().invoke(main, [*words, "--lake", str(buyer.lake)])
    assert done.exit_code == 0, done.output


def test_after_a_restore_no_second_notice_goes_out_where_a_person_knows_of_the_first(
    tmp_path: Path,
) -> None:
    buyer = Buyer(write_month(tmp_path), tmp_path / "lake")
    mail = tmp_path / "mail"
    with connected(mail):
        sent = buyer.statement()["notice"]
        assert sent["state"] == "sent"
    assert received(mail, sent["message_id"]) == 1
    restored = Buyer(buyer.contract, tmp_path / "restored")
    drafted = restored.statement()["notice"]
    assert drafted == {**sent, "state": "approved"}
    record(restored, sent["id"], "sent")
    with connected(mail):
        assert restored.statement()["notice"] == sent
    assert received(mail, sent["message_id"]) == 1
