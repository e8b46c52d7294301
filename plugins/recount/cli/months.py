"""Commands about months: recount them, replay them, and say where they stand."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from recount.cli.options import (
    Instant,
    as_of_option,
    contract_option,
    json_option,
    lake_option,
    month_of,
    period_option,
    print_json,
    progress_on,
    refresh_option,
)
from recount.periods import parse_instant


@click.command()
@contract_option
@period_option
@as_of_option
@lake_option
@refresh_option
@click.option("--by", help="Your name: who starts a run cannot approve the notice that it drafts.")
@json_option
def run(
    contract_path: Path, period: str, as_of: datetime, lake_uri: str, refresh: bool,
    by: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Make the statement of a month: land, recount, guard, decide, tell.

    A second run with the same --as-of reads what the first one pinned, ends in the same statement
    and mails nobody again. Exit code 0 whenever there is a statement, whatever it decides.
    """
    from recount import stages
    from recount.evidence.decisions import person

    month = month_of(contract_path, period, as_of, lake_uri)
    statement = stages.run(
        month, refresh=refresh, started_by=person(by) if by is not None else None,
        progress=progress_on(as_json),
    )  # fmt: skip
    _print(statement, as_json, f"Everything lies in {month.lake.place.uri}")


@click.command()
@contract_option
@period_option
@click.option("--as-of", type=Instant(),
              help="As of this instant; by default when the month can be final.")  # fmt: skip
@lake_option
@json_option
def replay(
    contract_path: Path, period: str, as_of: datetime | None, lake_uri: str, as_json: bool
) -> None:
    """Say what the statement would be, and tell nobody: nothing is published or sent.

    Of the lake only what earlier months settled is read, where months share a ceiling, credits or
    an escrow.
    """
    from recount import stages

    month = month_of(contract_path, period, as_of, lake_uri)
    statement = stages.replay(month, progress=progress_on(as_json))
    _print(statement, as_json, "This is a what-if: nothing was published or sent.")


@click.command()
@lake_option
@click.option("--contract", "contract_path", type=click.Path(path_type=Path, exists=True),
              envvar="RECOUNT_CONTRACTS",
              help="Contracts, to find months without a statement as well.")  # fmt: skip
@click.option("--as-of", type=Instant(), help="Judge what is due as of this instant.")
@json_option
def status(
    lake_uri: str, contract_path: Path | None, as_of: datetime | None, as_json: bool
) -> None:
    """List every contract and month: its state, what it waits for, and until when."""
    from recount import due
    from recount.lake import open_lake
    from recount.month import readable_contracts

    contracts, unreadable = readable_contracts(contract_path) if contract_path else ([], [])
    if unreadable:
        raise unreadable[0]
    lake = open_lake(lake_uri)
    seen = [parse_instant(each["as_of"]) for each in due.last_statements(lake).values()]
    known_at = as_of or max(seen, default=None)
    standings = due.standings(lake, contracts, known_at) if known_at else []
    if as_json:
        print_json([standing.as_document() for standing in standings])
        return
    _print_standings([standing.as_document() for standing in standings])


@click.command()
@lake_option
@click.option("--period", metavar="YYYY-MM", help="Of one month alone; of all by default.")
@json_option
def overlaps(lake_uri: str, period: str | None, as_json: bool) -> None:
    """List the subjects that invoices under several contracts name, with every line.

    Exit code 0: there is none. 1: there are some; the contracts decide who is paid.
    """
    from recount.lake import open_lake
    from recount.overlaps import overlaps as found_in

    found = found_in(open_lake(lake_uri), period)
    if as_json:
        print_json([overlap.as_json() for overlap in found])
    for overlap in found if not as_json else ():
        for line in overlap.lines():
            click.echo(line)
    if not found and not as_json:
        click.echo("No subject is billed under two contracts.")
    sys.exit(1 if found else 0)


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Where the demo is put; what an older one left is removed.",
)
@click.option("--seed", default=41000, show_default=True, help="Another seed, other tickets.")
def demo(folder: Path, seed: int) -> None:
    """Run the main job on the bundled quarter, through Airflow, and say where to look."""
    from recount.demo.show import show

    show(folder, seed, click.echo)


def _print(statement: dict[str, Any], as_json: bool, where: str) -> None:
    if as_json:
        print_json(statement)
        return
    from recount.summary import summary

    click.echo(summary(statement))
    click.echo(where)


def _print_standings(standings: list[dict[str, Any]]) -> None:
    if not standings:
        click.echo("No statement is published here yet; make one with recount run.")
    for each in standings:
        until = f" until {each['until']}" if each["until"] else ""
        waits = f", waits for {each['waits_for']}{until}" if each["waits_for"] else ""
        decision = f", {each['decision']}" if each["decision"] else ""
        click.echo(f"{each['contract']}  {each['period']}  {each['state']}{decision}{waits}")
