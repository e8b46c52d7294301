"""Commands for whoever negotiates: what a contract costs, and what another one would have cost."""

from decimal import Decimal
from pathlib import Path

import click

from recount.cli.options import (
    Amount,
    contract_option,
    json_option,
    lake_option,
    only_name,
    print_json,
)


@click.command()
@contract_option
@click.option(
    "--units",
    multiple=True,
    metavar="TERM=NUMBER",
    help="How many of a term, such as resolution=253; of a share of value, the value.",
)
@click.option(
    "--annual-left", type=Amount(), help="What earlier months left of the year's ceiling."
)
@click.option(
    "--credits-left", type=Amount(), default="0", help="How many credits the month can draw."
)
@json_option
def price(
    contract_path: Path,
    units: tuple[str, ...],
    annual_left: Decimal | None,
    credits_left: Decimal,
    as_json: bool,
) -> None:
    """Say what a month would cost by the contract's prices, and how that comes about.

    A term is an outcome, a tier of one (resolution.simple) or a unit of usage. Without --units,
    print a table of what more and more of each term costs. Of several versions the newest counts.
    """
    from recount import quoting
    from recount.contract.reading import read_all
    from recount.recomputing.prices import Left

    newest = max(read_all(contract_path), key=lambda version: version.version)
    left = Left(annual_left, credits_left)
    if units:
        document = quoting.quote(newest, quoting.units_of(newest, units), left)
        lines = quoting.quote_lines(document)
    else:
        document = quoting.table(newest, left)
        lines = quoting.table_lines(document)
    if as_json:
        print_json(document)
    for line in lines if not as_json else ():
        click.echo(line)


@click.command()
@click.argument("agreed", type=click.Path(path_type=Path))
@click.argument("compared", type=click.Path(path_type=Path))
@click.option(
    "--period",
    "periods",
    multiple=True,
    metavar="YYYY-MM",
    help="A month to compare, once or more; all that have a statement by default.",
)
@lake_option
@json_option
def compare(
    agreed: Path, compared: Path, periods: tuple[str, ...], lake_uri: str, as_json: bool
) -> None:
    """Say what landed months would have cost under another contract, such as an amendment.

    AGREED is the contract as it is (a file or a folder with its versions), COMPARED the file of the
    other one. Both are counted from the same landed data, as of each month's statement; nothing is
    extracted, published or sent.
    """
    from recount import comparing
    from recount.contract.reading import read, read_all

    name = only_name(agreed, read_all(agreed))
    document = comparing.compare(agreed, name, read(compared), lake_uri, periods)
    if as_json:
        print_json(document)
    for line in comparing.compare_lines(document) if not as_json else ():
        click.echo(line)
