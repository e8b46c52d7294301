"""A connection is found where Airflow would find it, and its secrets stay in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recount.connections import Connection, find
from recount.errors import RecountError


def said(monkeypatch: pytest.MonkeyPatch, value: str) -> Connection | None:
    monkeypatch.setenv("AIRFLOW_CONN_ACME_MAIL", value)
    return find("acme_mail")


def test_a_connection_that_nobody_defined_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_ACME_MAIL", raising=False)
    assert find("acme_mail") is None
    assert said(monkeypatch, "") is None


def test_a_uri_is_taken_apart_and_unquoted(monkeypatch: pytest.MonkeyPatch) -> None:
    uri = "google-cloud://us%40er:p%2Fa%3Ass@mail.example:587/sche%2Fma?timeout=30&flag=a%20b"
    assert said(monkeypatch, uri) == Connection(
        "acme_mail", "google_cloud", "mail.example", 587, "us@er", "p/a:ss", "sche/ma",
        {"timeout": "30", "flag": "a b"},
    )  # fmt: skip


def test_a_uri_may_carry_a_nested_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, "aws://id:secret@/?__extra__=%7B%22a%22%3A+%7B%22b%22%3A+1%7D%7D")
    assert found is not None
    assert (found.host, found.extra) == (None, {"a": {"b": 1}})


@pytest.mark.parametrize("extra", [{"region_name": "x"}, '{"region_name": "x"}'])
def test_json_is_read_with_its_extra_as_mapping_or_text(
    monkeypatch: pytest.MonkeyPatch, extra: object
) -> None:
    written = {"conn_type": "aws", "login": "id", "password": "s", "port": "25", "extra": extra}
    found = said(monkeypatch, json.dumps(written))
    assert found == Connection("acme_mail", "aws", None, 25, "id", "s", None, {"region_name": "x"})


@pytest.mark.parametrize(
    "written",
    ['{"password": "hunter2"', '{"port": "hunter2"}', '{"extra": "[1, 2]"}', "hunter2",
     "smtp://a:b@host:hunter2", "smtp://h?__extra__=hunter2"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_without_quoting_it(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    with pytest.raises(RecountError, match="AIRFLOW_CONN_ACME_MAIL is neither") as refused:
        said(monkeypatch, written)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_secrets_are_not_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, "smtp://me:hunter2@host/?token=hunter3")
    assert "hunter" not in repr(found)


ASKING_TASK = """
import datetime
from airflow.sdk import DAG, task
from recount.connections import find

with DAG("asking", schedule=None, start_date=datetime.datetime(2026, 1, 1)) as dag:
    @task
    def ask() -> None:
        found = find("acme_mail")
        print("FOUND", found.kind, found.host, found.password, dict(found.extra), find("nobody"))
    ask()
"""


def test_inside_a_task_airflow_is_asked(tmp_path: Path) -> None:
    backend = "airflow.secrets.local_filesystem.LocalFilesystemBackend"
    (tmp_path / "connections.json").write_text('{"acme_mail": "smtp://me:pass@host/?a=b"}')
    (tmp_path / "asking.py").write_text(ASKING_TASK)
    arguments = json.dumps({"connections_file_path": str(tmp_path / "connections.json")})
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__SECRETS__BACKEND": backend,
        "AIRFLOW__SECRETS__BACKEND_KWARGS": arguments,
        "AIRFLOW__WORKERS__SECRETS_BACKEND": backend,
        "AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS": arguments,
    }
    for command in ("db migrate", "dags test asking"):
        run = subprocess.run(
            [sys.executable, "-m", "airflow", *command.split()],
            env=environment, capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr[-2000:]
    assert "FOUND smtp host pass {'a': 'b'} None" in run.stdout + run.stderr
