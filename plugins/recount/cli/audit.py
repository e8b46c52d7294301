"""Commands for those who check: from a figure to the records that it rests on."""

import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from recount.cli.options import (
    Amount,
    Instant,
    contract_option,
    json_option,
    lake_option,
    print_json,
    progress_on,
)

period_option = click.option("--period", metavar="YYYY-MM", help="Of this month; else the newest.")
as_of_option = click.option(
    "--as-of", type=Instant(), help="As of this instant; else the newest of the month."
)


statement_argument = click.argument("statement")


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
    amounts.disputed, gap.definition or outcomes.resolution.lines.duplicate, or the id of a line or
    of a subject. The rows that make the figure are added up anew, and each landed object that is
    named is hashed again.

    Exit code 0: it adds up, and all is as it was landed. 1: it does not, or something in the lake
    is altered or missing, and is named. 2: the figure is not known; those that are, are listed.
    """
    from recount.cli.traced import trace_csv, trace_lines
    from recount.evidence import tracing
    from recount.evidence.finding import find

    lake, found = find(statement, lake_uri, period, as_of)
    traced = tracing.trace(lake, found, figure)
    if as_json:
        print_json(traced)
    elif as_csv:
        click.echo(trace_csv(traced), nl=False)
    for line in trace_lines(traced, limit) if not (as_json or as_csv) else ():
        click.echo(line)
    sys.exit(1 if traced["broken"] or traced["adds_up"] is False else 0)


@click.group()
def sample() -> None:
    """Draw a random sample for human review, and say what it proves of all the rest."""


name_option = click.option(
    "--name", default="first", show_default=True, help="Another name for another sample."
)
worksheet_type = click.Path(path_type=Path, dir_okay=False)


@sample.command()
@statement_argument
@click.option("--of", type=click.Choice(["lines", "determinations"]), default="lines",
              show_default=True,
              help="Lines by the money that they bill, or determinations.")  # fmt: skip
@click.option("--size", type=click.IntRange(1, 5000), required=True, help="How many to draw.")
@click.option("--seed", required=True, help="What decides what is drawn; throw dice for it.")
@click.option("--by-verdict", is_flag=True, help="Of determinations: a share of each verdict.")
@name_option
@period_option
@as_of_option
@lake_option
@click.option("--worksheet", type=worksheet_type, help="Write it to this file, not to the screen.")
def draw(
    statement: str, of: str, size: int, seed: str, by_verdict: bool, name: str,
    period: str | None, as_of: datetime | None, lake_uri: str, worksheet: Path | None,
) -> None:  # fmt: skip
    """Draw a sample of a statement's lines or determinations, and write the sheet to review.

    What is drawn follows from the seed. The plan, with the seed and the hash of all that could be
    drawn, goes into the lake before anything is shown, once: the same plan gives the same sample
    again, and another one under the same name is refused. The sheet does not say what we found.
    """
    from recount.evidence import sampling
    from recount.evidence.finding import find

    lake, found = find(statement, lake_uri, period, as_of)
    plan = sampling.Plan(of, seed, size, by_verdict, name)
    document, sheet = sampling.sampled(lake, found, plan)
    there = document["population"]
    click.echo(
        f"drawn from {there['count']:,} {of}, {there['amount']} in all, {there['sha256']}", err=True
    )
    if worksheet is None:
        click.echo(sheet, nl=False)
        return
    worksheet.write_text(sheet, "utf-8")
    click.echo(f"{worksheet} is to be reviewed", err=True)


@sample.command()
@statement_argument
@click.argument("worksheet", type=worksheet_type)
@name_option
@click.option("--confidence", type=Amount(), default="95", show_default=True,
              help="In percent: how sure the bound is.")  # fmt: skip
@click.option("--tolerable", type=Amount(), help="Exit with 1 where more than this may be wrong.")
@period_option
@as_of_option
@lake_option
@json_option
def evaluate(
    statement: str, worksheet: Path, name: str, confidence: Decimal, tolerable: Decimal | None,
    period: str | None, as_of: datetime | None, lake_uri: str, as_json: bool,
) -> None:  # fmt: skip
    """Say how much is wrong at most, by a worksheet that a person has filled in.

    Of lines: how much money we contest wrongly (against the vendor), and how much we let stand
    wrongly (against the buyer), each with the given confidence. Of determinations: how many.

    Exit code 0; 1 where more than --tolerable may be wrong on either side.
    """
    from recount.evidence import sampling
    from recount.evidence.finding import find

    if not 0 < confidence < 100:
        raise click.UsageError("--confidence is a percentage between 0 and 100")
    lake, found = find(statement, lake_uri, period, as_of)
    document = sampling.evaluate(lake, found, name, worksheet, confidence)
    if as_json:
        print_json(document)
    for line in _evaluated(document) if not as_json else ():
        click.echo(line)
    worst = max(_at_most(document))
    sys.exit(1 if tolerable is not None and worst > tolerable else 0)


def _at_most(document: dict[str, Any]) -> list[Decimal]:
    """Return the bounds that count: of each direction, or of all strata together."""
    if "at_most" in document:
        return [Decimal(document["at_most"])]
    return [Decimal(side["at_most"]) for side in document["wrong"].values()]


def _evaluated(document: dict[str, Any]) -> list[str]:
    of, drawn = document["plan"]["of"], document["drawn"]
    lines = [f"{drawn} of {of} reviewed ({document['method']}), {document['confidence']} % sure:"]
    for what, wrong in document["wrong"].items():
        number = wrong.get("draws", wrong.get("wrong"))
        lines.append(f"  {what}: {number} wrong, at most {wrong['at_most']} in all")
    return lines


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
    from recount.notify.wording import plain

    month = f" {each['period']}" if each["period"] else ""
    by = f" by {each['by']}" if each["by"] else ""
    at = f" at {each['at']}" if each["at"] else ""
    until = f", until {each['expires_on']}" if each["expires_on"] else ""
    why = f": {each['because']}" if each["because"] else ""
    state = "" if each["state"] == "done" else f" ({each['state']})"
    return plain(
        f"{each['contract']}{month}  {each['kind']}{state}  {each['what']}{by}{at}{until}{why}"
    )
