"""Commands for those who check: from a figure to the records that it rests on."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from recount.cli.options import (
    contract_option,
    json_option,
    lake_option,
    print_json,
    progress_on,
)
from recount.cli.statements import as_of_option, period_option, statement_argument


@click.command()
@statement_argument
@click.argument("figure")
@period_option
@as_of_option
@lake_option
@click.option("--rows", "limit", default=3, show_default=True, metavar="NUMBER",
              help="How many rows to show on a terminal.")  # fmt: skip
@click.option("--csv", "as_csv", is_flag=True, help="Print every row and record as CSV.")
@json_option
def trace(
    statement: str, figure: str, period: str | None, as_of: datetime | None, lake_uri: str,
    limit: int, as_csv: bool, as_json: bool,
) -> None:  # fmt: skip
    """Lead from a figure of a statement to the landed records that it rests on.

    STATEMENT is a contract's name (with --period, else its newest month), a statement's key, path
    or URI in the lake, or a file that recount run --json printed. FIGURE is a path in it, such as
    amounts.disputed, gap.definition or outcomes.resolution.lines.duplicate, the id of a line or of
    a subject, or a number as a mail or a PDF prints it, such as "35.00 USD" or "2 lines". The rows
    that make the figure are added up anew, and each landed object that is named is hashed again.

    Exit code 0: it adds up, and all is as it was landed. 1: it does not, or something in the lake
    is altered or missing, and is named. 2: the figure is not known; those that are, are listed.
    """
    from recount.cli.traced import trace_csv, trace_lines
    from recount.evidence import tracing
    from recount.evidence.finding import find

    lake, found = find(statement, lake_uri, period, as_of)
    traced = tracing.trace(lake, found, figure, None if as_json or as_csv else limit)
    if as_json:
        print_json(traced)
    elif as_csv:
        click.echo(trace_csv(traced), nl=False)
    for line in trace_lines(traced) if not (as_json or as_csv) else ():
        click.echo(line)
    sys.exit(1 if traced["broken"] or traced["adds_up"] is False else 0)


@click.command()
@statement_argument
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False),
              help="Write a copy below this folder as well.")  # fmt: skip
@period_option
@as_of_option
@lake_option
@json_option
def site(
    statement: str, folder: Path | None, period: str | None, as_of: datetime | None,
    lake_uri: str, as_json: bool,
) -> None:  # fmt: skip
    """Publish a static site about a statement, for who checks it: a folder that opens offline.

    It has every figure with what it is made of, the contract's sentences beside its clauses, inputs
    and hashes, findings, exceptions, the register of notices, the guard's page, and every model
    with its lineage. It lies in the lake under audit/, says which commit made it, and is never
    changed: where something in it changed, another one is published beside it.
    """
    from recount.evidence import site as sites
    from recount.evidence.finding import find

    lake, found = find(statement, lake_uri, period, as_of)
    published = sites.publish(lake, found, progress=progress_on(as_json))
    first = sites.copy(lake, published, folder) if folder else lake.uri(published["index"])
    if as_json:
        print_json(published)
        return
    click.echo(f"open {first}")


@click.command()
@contract_option
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day on which waivers must still hold; else that of the newest statement.",
)
@lake_option
@json_option
def exceptions(
    contract_path: Path, on: datetime | None, lake_uri: str, as_json: bool
) -> None:  # fmt: skip
    """List what people accepted, approved or changed by hand, with its expiry.

    These are the waivers of contracts, approvals and other steps of notices that a person made, and
    findings that held a statement and hold it no more. Nobody can override a finding that holds:
    only other evidence or another contract lifts it, and the list says which.

    Exit code 0; 1 where a waiver has expired.
    """
    from recount.contract.reading import read_all
    from recount.evidence import exceptions as listing
    from recount.lake import open_lake

    contracts = read_all(contract_path)
    day = on.date() if on else None
    found = listing.exceptions(open_lake(lake_uri), contracts, day)
    if as_json:
        print_json([each.as_document() for each in found])
    for each in found if not as_json else ():
        click.echo(_exception_line(each.as_document()))
    if not found and not as_json:
        click.echo("There are none.")
    sys.exit(1 if any(each.state == "expired" for each in found) else 0)


def _exception_line(each: dict[str, Any]) -> str:
    from recount.plain_text import plain

    month = f" {each['period']}" if each["period"] else ""
    by = f" by {each['by']}" if each["by"] else ""
    at = f" at {each['at']}" if each["at"] else ""
    until = f", until {each['expires_on']}" if each["expires_on"] else ""
    why = f": {each['because']}" if each["because"] else ""
    state = "" if each["state"] == "done" else f" ({each['state']})"
    return plain(
        f"{each['contract']}{month}  {each['kind']}{state}  {each['what']}{by}{at}{until}{why}"
    )
