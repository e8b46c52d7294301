"""Commands that draw a sample for human review, and say what it proves."""

import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from recount.cli.options import Amount, json_option, lake_option, print_json
from recount.cli.statements import as_of_option, period_option, statement_argument


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
