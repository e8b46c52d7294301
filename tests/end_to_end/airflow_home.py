"""An Airflow of a test's own, that runs our DAGs."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from copy import copy
from pathlib import Path

from recount.project import ROOT


class Airflow:
    """An Airflow with a home and a lake of its own."""

    def __init__(self, folder: Path) -> None:
        self.lake = folder / "lake"
        self.contracts = folder / "contracts"
        self.environment = {
            **os.environ,
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "RECOUNT_CONTRACTS": str(self.contracts),
            "RECOUNT_LAKE": str(self.lake),
        }

    def beside(self, contracts: Path) -> "Airflow":
        """The same Airflow with other contracts, and a lake beside them."""
        other = copy(self)
        other.lake, other.contracts = contracts / "lake", contracts
        lake = {"RECOUNT_CONTRACTS": str(contracts), "RECOUNT_LAKE": str(other.lake)}
        other.environment = {**self.environment, **lake}
        return other

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        program = Path(sys.executable).parent / "airflow"
        return subprocess.run(
            [program, *words], env=self.environment, capture_output=True, text=True, check=False
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Run a command beside what the test does; it prints everything on one pipe."""
        program = Path(sys.executable).parent / "airflow"
        return subprocess.Popen(
            [program, *words], env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def triggered_by(self, user: str | None) -> None:
        """Let the runs to come be of a user who triggered them; None of nobody.

        `dags test` writes a name of its own for every run, which the database replaces here.
        """
        rename = "update dag_run set triggering_user_name = {} where run_id = new.run_id"
        with sqlite3.connect(Path(self.environment["AIRFLOW_HOME"]) / "airflow.db") as database:
            database.execute("drop trigger if exists of_a_user")
            if user:
                named = rename.format(f"'{user}'")
                database.execute(
                    f"create trigger of_a_user after insert on dag_run begin {named}; end"
                )

    def killed(self, dag_id: str, folder: str, **conf: object) -> int:
        """Run a DAG and kill it as if the power went, once it has made a folder of the lake."""
        words = ["dags", "test", dag_id, "2026-06-01", "--conf", json.dumps(conf)]
        program = Path(sys.executable).parent / "airflow"
        with subprocess.Popen(
            [program, *words], env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            while process.poll() is None and not (self.lake / folder).exists():
                time.sleep(0.05)
            process.kill()
        return process.returncode

    def dag(self, dag_id: str, **conf: object) -> int:
        done = self.run("dags", "test", dag_id, "2026-06-01", "--conf", json.dumps(conf))
        return done.returncode
