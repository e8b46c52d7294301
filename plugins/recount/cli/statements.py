"""How a command that is about one published statement is told which."""

import click

from recount.cli.options import Instant

statement_argument = click.argument("statement")
period_option = click.option("--period", metavar="YYYY-MM", help="Of this month; else the newest.")
as_of_option = click.option(
    "--as-of", type=Instant(), help="As of this instant; else the newest of the month."
)
