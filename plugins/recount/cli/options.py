"""What several commands take and print."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from recount.contract.model import Contract
from recount.contract.numbers import AMOUNT
from recount.contract.reading import read_all
from recount.contract.versions import by_name
from recount.errors import ContractError
from recount.periods import Period, parse_instant


class Instant(click.ParamType[datetime]):
    """An instant with its offset, as a contract's logs write it."""

    name = "instant"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        """Read an instant; click's own error where it has no offset or is none."""
        try:
            return value if isinstance(value, datetime) else parse_instant(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Amount(click.ParamType[Decimal]):
    """An amount or a quantity, as a contract writes it."""

    name = "amount"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:
        """Read an amount; click's own error where it is none."""
        if isinstance(value, Decimal):
            return value
        if not re.fullmatch(AMOUNT, value):
            self.fail(f"{value!r} is no amount; write it as in 1000.00", param, ctx)
        return Decimal(value)


lake_option = click.option(
    "--lake", "lake_uri", envvar="RECOUNT_LAKE", default="lake", show_default="./lake",
    help="Where everything is landed and published: a folder, file:// or s3://bucket/prefix.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
contract_option = click.option(
    "--contract", "contract_path", required=True, type=click.Path(path_type=Path),
    help="The contract: a YAML file, or a folder with its versions.",
)  # fmt: skip
period_option = click.option(
    "--period", required=True, metavar="YYYY-MM", help="The billing month, such as 2016-03."
)
refresh_option = click.option(
    "--refresh", is_flag=True, help="Extract again what an earlier run pinned."
)
as_of_option = click.option(
    "--as-of", required=True, type=Instant(),
    help="What is known at this instant, such as 2016-05-01T00:00:00Z.",
)  # fmt: skip


def only_name(contract_path: Path, versions: Sequence[Contract]) -> str:
    """Return the name of the one contract that a path holds; ContractError if it holds several."""
    names = list(by_name(versions))
    if len(names) > 1:
        raise ContractError(
            f"{contract_path} holds {', '.join(names)}; give the path of one contract"
        )
    return names[0]


def newest_of(contract_path: Path) -> Contract:
    """Return the newest version of the one contract that a path holds."""
    versions = read_all(contract_path)
    only_name(contract_path, versions)
    return max(versions, key=lambda version: version.version)


def period_of(name: str, contract: Contract) -> Period:
    """Return a billing month by its name; ContractError if there is none of that name."""
    try:
        return Period.named(name, contract.zone)
    except ValueError as error:
        raise ContractError(f"--period: {error}") from None


def print_json(document: Any) -> None:
    """Print one document; days and paths are text in it."""
    click.echo(json.dumps(document, indent=1, ensure_ascii=False, default=_text))


def _text(value: object) -> str:
    if isinstance(value, (date, Path)):
        return str(value)
    raise TypeError(f"{value!r} has no place in JSON")


def month_of(contract_path: Path, period: str, as_of: datetime | None, lake_uri: str) -> Any:
    """Return the month that a command is about; without an instant, when it can be final."""
    from recount.month import Month
    from recount.periods import format_instant

    versions = read_all(contract_path)
    name = only_name(contract_path, versions)
    of = period_of(period, versions[0])
    month = Month(str(contract_path), name, period, "", lake_uri)
    instant = as_of or of.ends_at + month.contract.settlement.final_after
    return Month(str(contract_path), name, period, format_instant(instant), lake_uri)


def progress_on(quiet: bool) -> Callable[[str], None]:
    """Return what shows the steps of a long command on stderr; nothing where it is to be quiet."""
    return lambda step: None if quiet else click.echo(f"... {step}", err=True)


def print_document(
    document: dict[str, Any], lines: Callable[[dict[str, Any]], Iterator[str]], as_json: bool
) -> None:
    """Print a document as JSON, or its lines for people."""
    if as_json:
        print_json(document)
    for line in lines(document) if not as_json else ():
        click.echo(line)
