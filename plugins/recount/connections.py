"""Connections as Airflow names them, found inside an Airflow task and outside of one.

Outside, a connection is the environment variable `AIRFLOW_CONN_<ID>`, as a URI or as JSON; inside a
task Airflow is asked, so that secrets backends and its database count too. Airflow is not imported
unless it is running already.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from recount.errors import RecountError


@dataclass(frozen=True)
class Connection:
    """Where a system is and how to sign in; what may be secret is left out of its repr."""

    connection_id: str
    kind: str
    host: str | None = None
    port: int | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    schema: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


def find(connection_id: str) -> Connection | None:
    """Return the connection of that id, None where it is not defined.

    RecountError if it is defined but cannot be read; the message holds no part of its value.
    """
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    text = os.environ.get(variable, "").strip()
    if not text:
        return _from_airflow(connection_id)
    try:
        return _from_json(connection_id, text) if text[0] == "{" else _from_uri(connection_id, text)
    except (ValueError, TypeError):
        # The cause is left out because it could quote the secret.
        raise RecountError(
            f"the environment variable {variable} is neither a connection URI nor JSON; "
            "write for example aws://KEY_ID:SECRET@/?region_name=eu-central-1"
        ) from None


def _from_json(connection_id: str, text: str) -> Connection:
    said = json.loads(text)
    extra = said.get("extra") or {}
    return Connection(
        connection_id=connection_id,
        kind=_kind(str(said.get("conn_type", ""))),
        host=said.get("host") or None,
        port=int(said["port"]) if said.get("port") else None,
        login=said.get("login") or None,
        password=said.get("password") or None,
        schema=said.get("schema") or None,
        extra=_mapping(json.loads(extra) if isinstance(extra, str) else extra),
    )


def _from_uri(connection_id: str, text: str) -> Connection:
    parts = urlsplit(text)
    if not parts.scheme:
        raise ValueError("no scheme")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    # Airflow packs an extra that is no flat mapping of text into this one parameter.
    packed = query.pop("__extra__", None)
    return Connection(
        connection_id=connection_id,
        kind=_kind(parts.scheme),
        host=unquote(parts.hostname) if parts.hostname else None,
        port=parts.port,
        login=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        schema=unquote(parts.path.lstrip("/")) or None,
        extra=_mapping(json.loads(packed)) if packed else query,
    )


def _kind(written: str) -> str:
    # A URI scheme cannot hold an underscore, so Airflow writes a hyphen there.
    return written.lower().replace("-", "_")


def _mapping(extra: object) -> Mapping[str, Any]:
    if not isinstance(extra, dict):
        raise ValueError("extra is no mapping")
    return extra


def _from_airflow(connection_id: str) -> Connection | None:
    """Ask Airflow, if this process is one of its tasks."""
    if "airflow.sdk.execution_time.task_runner" not in sys.modules:
        return None
    from airflow.sdk import Connection as AirflowConnection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        found = AirflowConnection.get(connection_id)
    except AirflowNotFoundException:
        return None
    return Connection(
        connection_id=connection_id,
        kind=_kind(found.conn_type),
        host=found.host or None,
        port=found.port,
        login=found.login or None,
        password=found.password or None,
        schema=found.schema or None,
        extra=found.extra_dejson,
    )
