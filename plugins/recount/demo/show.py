"""The main job on the bundled quarter, through Airflow: six statements, their mails, the docs."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount import due
from recount.demo.facts import Facts
from recount.demo.generate import generate
from recount.demo.post_office import post_office
from recount.demo.servers import servers
from recount.errors import RecountError
from recount.lake import open_lake
from recount.periods import format_instant
from recount.project import DBT_PROJECT, ROOT

_MARKER = ".recount-demo"
# every hundredth page of an extraction
_PROGRESS = re.compile(r"helpdesk \w+: [\d,]*00 pages, [\d,]+ records")
Say = Callable[[str], None]


def show(folder: Path, seed: int, say: Say) -> None:
    """Make the data, run Airflow over it, build the docs, and print what was found and where."""
    folder = folder.resolve()
    _clear(folder)
    say(f"1/5  making three months of one buyer's helpdesk in {folder}")
    facts = generate(folder, seed)
    with post_office(folder / "mail") as port, servers(folder) as world:
        environment = _environment(folder, port) | world.connections
        say("2/5  preparing an Airflow of its own, while the helpdesk lives through the quarter")
        _run(["airflow", "db", "migrate"], environment, folder / "airflow-migrate.log")
        last = facts.months[-1]
        world.live_until(last.provisional_as_of)
        say("3/5  running the DAG recount_monthly: a provisional statement of each month,")
        say("     from what the helpdesk and the vendor's billing say over HTTP")
        monthly = _dag("recount_monthly", months=_months(facts))
        _run(monthly, environment, folder / "monthly.log", say)
        world.live_until(last.final_as_of)
        say("4/5  running the DAG recount_daily: what can be final is final, and disputed")
        as_of = format_instant(last.final_as_of)
        _run(_dag("recount_daily", as_of=as_of), environment, folder / "daily.log")
    say("5/5  writing the documentation of every model")
    _run(_docs(folder), environment, folder / "docs.log")
    say("")
    for line in _found(folder, facts):
        say(line)


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARKER).exists():
            raise RecountError(f"{folder} holds other things than a demo; name another --folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARKER).touch()


def _environment(folder: Path, port: int) -> dict[str, str]:
    settings = {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_RECOUNT_SMTP": json.dumps(
            {"conn_type": "smtp", "host": "127.0.0.1", "port": port}
        ),
        "RECOUNT_CONTRACTS": str(folder / "contract.yml"),
        "RECOUNT_LAKE": str(folder / "lake"),
        "DO_NOT_TRACK": "1",
    }
    return {**os.environ, **settings}


def _dag(dag_id: str, **conf: object) -> list[str]:
    # the date is that of the run, and decides nothing: the parameters do
    return ["airflow", "dags", "test", dag_id, "2026-11-01", "--conf", json.dumps(conf)]


def _months(facts: Facts) -> list[dict[str, str]]:
    return [
        {"period": month.period, "as_of": format_instant(month.provisional_as_of)}
        for month in facts.months
    ]


def _docs(folder: Path) -> list[str]:
    return [
        "dbt", "--quiet", "docs", "generate", "--static", "--empty-catalog",
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
        "--target-path", str(folder / "docs"), "--log-path", str(folder),
    ]  # fmt: skip


def _run(
    command: list[str], environment: Mapping[str, str], log: Path, say: Say = lambda _: None
) -> None:
    """Run a command and keep what it prints in a log; `say` hears how extractions get on."""
    program = Path(sys.executable).parent / command[0]
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            [program, *command[1:]], env=environment, cwd=log.parent, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process,
    ):  # fmt: skip
        assert process.stdout
        for line in process.stdout:
            output.write(line)
            if progress := _PROGRESS.search(line):
                say(f"     {progress[0]}")
    if process.returncode:
        raise RecountError(f"{command[0]} failed with exit code {process.returncode}; read {log}")


def _found(folder: Path, facts: Facts) -> list[str]:
    statements = due.last_statements(open_lake(str(folder / "lake")))
    lines = [_month_line(statement) for statement in statements.values()]
    invoiced = sum(_counts(each)[0] for each in statements.values())
    recounted = sum(_counts(each)[1] for each in statements.values())
    variance = sum(Decimal(each["amounts"]["variance"]) for each in statements.values())
    mails = sorted((folder / "mail").glob("*.eml"))
    notices = [mail for mail in mails if "dispute-notice" in mail.name]
    return [
        "The final statements:",
        *lines,
        f"The vendor billed {invoiced:,} resolutions; by the contract there were {recounted:,}.",
        f"That is {variance:,.2f} USD over three months; at this rate {variance * 4:,.2f} USD a "
        "year (this quarter times four).",
        "",
        "Look at:",
        f"  the mails, {len(mails)} of them     {folder / 'mail'}",
        *(f"  notice to the vendor    {notice}" for notice in notices),
        f"  statements and marts    {folder / 'lake'}",
        f"  the checks that ran     {folder / 'lake' / 'guard'}",
        f"  lineage of every figure {folder / 'docs' / 'static_index.html'}",
        f"  the contract            {facts.contract}",
        f"Next: recount status --lake {folder / 'lake'}",
    ]


def _counts(statement: Mapping[str, Any]) -> tuple[int, int]:
    outcome = statement["outcomes"]["resolution"]
    return outcome["invoiced_count"], outcome["recounted_count"]


def _month_line(statement: Mapping[str, Any]) -> str:
    invoiced, recounted = _counts(statement)
    return (
        f"  {statement['period']}  {statement['kind']:<12} {invoiced:>7,} invoiced"
        f" {recounted:>7,} recounted   {statement['decision']:<8}"
        f" disputed {statement['amounts']['disputed']:>10} {statement['currency']}"
    )
