"""Write an environment file with fresh secrets for docker-compose.yml; never overwrite one."""

import base64
import os
import secrets
import sys
from pathlib import Path


def fresh() -> dict[str, str]:
    """Draw every secret that docker-compose.yml asks for."""
    return {
        "POSTGRES_PASSWORD": secrets.token_urlsafe(32),
        "STORAGE_ACCESS_KEY": secrets.token_hex(10),
        "STORAGE_SECRET_KEY": secrets.token_urlsafe(32),
        "AIRFLOW_FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AIRFLOW_API_SECRET": secrets.token_urlsafe(32),
        "AIRFLOW_JWT_SECRET": secrets.token_urlsafe(64),
        "RECOUNT_REQUESTER_KEY": secrets.token_urlsafe(32),
    }


def write(path: Path) -> None:
    """Create the file, readable by its owner alone; FileExistsError if it is there."""
    lines = "".join(f"{name}={value}\n" for name, value in fresh().items())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(lines)


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]))
    except FileExistsError:
        sys.exit(f"{sys.argv[1]} is there already; remove it to draw new secrets")
