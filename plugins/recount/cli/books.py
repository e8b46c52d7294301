"""Commands for the books: what to expect and to accrue, and what is disputed month by month."""

import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import click

from recount.cli.options import (
    Amount,
    as_of_option,
    contract_option,
    json_option,
    lake_option,
    month_of,
    newest_of,
    period_option,
    print_document,
    progress_on,
    refresh_option,
)


@click.command()
@contract_option
@period_option
@as_of_option
@lake_option
@refresh_option
@json_option
def expect(
    contract_path: Path, period: str, as_of: datetime, lake_uri: str, refresh: bool, as_json: bool
) -> None:
    """Say what a month comes to by our own count, on any day: no invoice is needed.

    So far is the price of what is decided, at most that of all that is still open as well. Evidence
    is landed as for a run; nothing is published or sent.
    """
    from recount import expecting

    month = month_of(contract_path, period, as_of, lake_uri)
    document = expecting.expect(month, refresh=refresh, progress=progress_on(as_json))
    print_document(document, expecting.expected_lines, as_json)


@click.command()
@contract_option
@period_option
@as_of_option
@lake_option
@click.option("--expense", default="AI services", show_default=True,
              help="The account that is debited, as your books name it.")  # fmt: skip
@click.option("--accrued", default="Accrued liabilities", show_default=True,
              help="The account that is credited.")  # fmt: skip
@json_option
def accrual(
    contract_path: Path, period: str, as_of: datetime, lake_uri: str,
    expense: str, accrued: str, as_json: bool,
) -> None:  # fmt: skip
    """Propose the entries that accrue a month without an invoice, and reverse it on day 1.

    What the month comes to at most is accrued (recount expect); debits equal credits.
    """
    from recount import expecting

    month = month_of(contract_path, period, as_of, lake_uri)
    expected = expecting.expect(month, progress=progress_on(as_json))
    accounts = expecting.Accounts(expense, accrued)
    print_document(expecting.accrual(month, expected, accounts), expecting.accrual_lines, as_json)


@click.command()
@contract_option
@as_of_option
@lake_option
@click.option("--baseline", type=Amount(), help="What an outcome costs without the vendor.")
@click.option("--spend", type=click.Path(path_type=Path),
              help="A file of what support cost before, by month and category.")  # fmt: skip
@json_option
def review(
    contract_path: Path, as_of: datetime, lake_uri: str, baseline: Decimal | None,
    spend: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Say what the settled months say together: drift, growth, prices, and the way out.

    Exit code 0: nothing to act on. 1: the last month was above the tolerance, the vendor's count
    grew more than the contract expects, or an outcome is not below the baseline.
    """
    from recount import baseline_spend, reviewing
    from recount.lake import open_lake

    newest = newest_of(contract_path)
    before = baseline_spend.read(spend, newest) if spend else None
    document = reviewing.review(open_lake(lake_uri), newest, as_of, baseline, before)
    print_document(document, reviewing.review_lines, as_json)
    sys.exit(1 if reviewing.is_alarming(document) else 0)


@click.command()
@contract_option
@lake_option
@json_option
def rollforward(contract_path: Path, lake_uri: str, as_json: bool) -> None:
    """Say what is disputed, month by month: what was added, credited, withdrawn, or re-measured.

    A movement counts in the month in which it was found, so that a month once told never changes.
    """
    from recount import rollforward as following
    from recount.lake import open_lake

    newest = newest_of(contract_path)
    document = following.rollforward(open_lake(lake_uri), newest)
    print_document(document, following.rollforward_lines, as_json)
