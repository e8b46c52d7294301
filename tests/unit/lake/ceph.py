"""A one-node Ceph with its S3 gateway in a temporary folder, where Debian's packages are installed.

moto accepts any secret; this server does not, so only it can show that ours are used.
"""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.s3 import ACCESS_KEY, SECRET_KEY

PROGRAMS = (
    "radosgw",
    "radosgw-admin",
    "ceph-mon",
    "ceph-osd",
    "ceph",
    "ceph-authtool",
    "monmaptool",
)
CONFIGURATION = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_port}/0]
keyring = {folder}/keyring
log file = {folder}/$name.log
admin socket = {folder}/$name.asok
run dir = {folder}
crash dir = {folder}
ms bind msgr1 = false
public addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data = {folder}/mon
mon data avail crit = 1
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
rgw data = {folder}/rgw
rgw gc max objs = 1
rgw usage max shards = 1
rgw lc max objs = 1
rgw bucket index max aio = 8
"""


def missing_program() -> str | None:
    """Return the first program that this machine lacks, or None."""
    return next((name for name in PROGRAMS if not shutil.which(name)), None)


@contextmanager
def running_gateway(folder: Path) -> Iterator[str]:
    """Run monitor, store and gateway; yield the gateway's URL and stop all three at the end."""
    gateway_port, mon_port = _free_port(), _free_port()
    _prepare(folder, mon_port)
    endpoint = f"beast endpoint=127.0.0.1:{gateway_port}"
    with ExitStack() as daemons:
        daemons.enter_context(_daemon(folder, "ceph-mon", "-i", "a"))
        _prepare_store(folder)
        daemons.enter_context(_daemon(folder, "ceph-osd", "-i", "0"))
        _run(
            folder,
            "radosgw-admin",
            "user",
            "create",
            "--uid=recount",
            "--display-name=recount",
            f"--access-key={ACCESS_KEY}",
            f"--secret-key={SECRET_KEY}",
        )
        daemons.enter_context(
            _daemon(folder, "radosgw", "-n", "client.admin", f"--rgw-frontends={endpoint}")
        )
        url = f"http://127.0.0.1:{gateway_port}"
        _wait_until_it_answers(url)
        yield url


def _prepare(folder: Path, mon_port: int) -> None:
    fsid = str(uuid.uuid4())
    text = CONFIGURATION.format(folder=folder, fsid=fsid, mon_port=mon_port)
    (folder / "ceph.conf").write_text(text)
    for name in ("mon", "osd", "rgw"):
        (folder / name).mkdir()
    keyring, monmap = str(folder / "keyring"), str(folder / "monmap")
    everything = [word for part in ("mon", "osd", "mgr") for word in ("--cap", part, "allow *")]
    _run(
        folder,
        "ceph-authtool",
        "--create-keyring",
        keyring,
        "--gen-key",
        "-n",
        "mon.",
        "--cap",
        "mon",
        "allow *",
    )
    _run(folder, "ceph-authtool", keyring, "--gen-key", "-n", "client.admin", *everything)
    _run(
        folder,
        "monmaptool",
        "--create",
        "--fsid",
        fsid,
        "--addv",
        "a",
        f"[v2:127.0.0.1:{mon_port}/0]",
        monmap,
    )
    _run(folder, "ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)


def _prepare_store(folder: Path) -> None:
    store_id = str(uuid.uuid4())
    _run(folder, "ceph", "osd", "new", store_id)
    _run(
        folder,
        "ceph",
        "auth",
        "get-or-create",
        "osd.0",
        "mon",
        "allow profile osd",
        "osd",
        "allow *",
        "-o",
        str(folder / "osd" / "keyring"),
    )
    _run(
        folder,
        "ceph-osd",
        "-i",
        "0",
        "--mkfs",
        "--osd-uuid",
        store_id,
        "--keyring",
        str(folder / "osd" / "keyring"),
    )


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, env=_environment(folder), check=True, timeout=60, capture_output=True)


@contextmanager
def _daemon(folder: Path, *command: str) -> Iterator[None]:
    extra = ["--keyring", str(folder / "osd" / "keyring")] if command[0] == "ceph-osd" else []
    with (folder / f"{command[0]}.out").open("wb") as output:
        process = subprocess.Popen(
            [*command, "-f", *extra], env=_environment(folder), stdout=output, stderr=output
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "CEPH_CONF": str(folder / "ceph.conf")}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_it_answers(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"Ceph's gateway at {url} did not answer within a minute")
