"""The command line: the same stages as the DAGs, for people and for scripts.

Exit codes: 0 done (whatever the statement decides), 1 findings, 2 refused with one sentence.
"""

import click

from recount.cli.audit import exceptions, site, trace
from recount.cli.books import accrual, expect, review, rollforward
from recount.cli.checks import contract, sources
from recount.cli.disputes import disputes
from recount.cli.evidence import verify
from recount.cli.months import demo, overlaps, replay, run, status
from recount.cli.people import people
from recount.cli.prices import compare, price
from recount.cli.refusing import Refusing
from recount.cli.sampling import sample
from recount.cli.sweeping import sweep

__all__ = ["main"]


@click.group(cls=Refusing, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="recount")
def main() -> None:
    """Recount what an AI vendor bills per outcome, by the definition in the contract.

    Begin with `recount demo`; write a contract and `recount contract check` it; then
    `recount run` a month. Everything that is published lies in the lake.
    """


_ABOUT_MONTHS = (run, replay, status, overlaps, disputes, sweep)
_FOR_THE_BOOKS = (expect, accrual, rollforward, review)
_FOR_WHO_CHECKS = (verify, trace, sample, site, exceptions)
for command in (
    contract, sources, *_ABOUT_MONTHS, *_FOR_THE_BOOKS, *_FOR_WHO_CHECKS, price, compare,
    people, demo,
):  # fmt: skip
    main.add_command(command)
