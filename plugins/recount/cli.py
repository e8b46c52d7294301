"""The command line: the same stages as the DAGs, for people and for scripts.

Exit codes: 0 done (whatever the statement decides), 1 findings, 2 refused with one sentence.
"""

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from recount.contract.check import check
from recount.contract.lint import report_text
from recount.contract.model import Contract
from recount.contract.versions import by_name
from recount.errors import ContractError, RecountError
from recount.periods import parse_instant

UNUSABLE = 2


class _Refusing(click.Group):
    """A group whose commands refuse in one sentence, also what click itself cannot read."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(UNUSABLE)
        except click.ClickException as error:
            refuse(_in_one_sentence(error))
        except click.Abort:
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RecountError as error:
            refuse(str(error))


def _in_one_sentence(error: click.ClickException) -> str:
    said = " ".join(error.format_message().split()).rstrip(".")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return f"{said}; see `{ctx.command_path} --help`" if ctx else said


def refuse(sentence: str) -> NoReturn:
    """Say why nothing was done, and end with exit code 2."""
    click.echo(f"recount: {sentence}", err=True)
    sys.exit(UNUSABLE)


class _Instant(click.ParamType[datetime]):
    name = "instant"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            return value if isinstance(value, datetime) else parse_instant(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


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


@click.group(cls=_Refusing, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="recount")
def main() -> None:
    """Recount what an AI vendor bills per outcome, by the definition in the contract.

    Begin with `recount demo`; write a contract and `recount contract check` it; then
    `recount run` a month. Everything that is published lies in the lake.
    """


@main.group()
def contract() -> None:
    """Read and lint contracts."""


@contract.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
              help="The day on which waivers must still hold.")  # fmt: skip
@json_option
def contract_check(paths: tuple[Path, ...], on: datetime | None, as_json: bool) -> None:
    """Say whether contracts can be run, and what a careful reader would object to.

    Exit code 0: clean. 1: findings. 2: a contract that cannot be run as it is written.
    """
    results, code = check(paths, _shows_of, on.date() if on else None)
    if as_json:
        _print_json([result.as_json() for result in results])
    for result in results if not as_json else ():
        if result.error:
            click.echo(result.error, err=True)
            continue
        if result.findings:
            click.echo(report_text(result.findings))
        if result.exit_code == 0:
            click.echo(f"{result.file}: clean")
    sys.exit(code)


@main.group()
def sources() -> None:
    """Try the systems that a contract reads."""


@sources.command("check")
@contract_option
@click.option(
    "--period",
    metavar="YYYY-MM",
    help="The month whose files are looked for; the contract's first by default.",
)
@json_option
def sources_check(contract_path: Path, period: str | None, as_json: bool) -> None:
    """Say whether each source can be reached, may be read, what it shows, and since when.

    Nothing is landed. Exit code 0: all can be read. 1: something cannot. 2: not even tried.
    """
    from recount.contract.reading import read_all
    from recount.contract.versions import in_force
    from recount.reaching import report

    versions = read_all(contract_path)
    first = min(versions, key=lambda version: version.effective.from_)
    of = _period(period or f"{first.effective.from_:%Y-%m}", first)
    chosen = in_force(versions, of.first_day) if period else first
    reports = []
    for name in chosen.sources:
        reports.append(report(chosen, name, of))
        for line in reports[-1].lines() if not as_json else ():
            click.echo(line)
    if as_json:
        _print_json([found.as_json() for found in reports])
    sys.exit(0 if all(found.is_fine for found in reports) else 1)


def _shows_of(of: Contract) -> dict[str, tuple[str, ...]]:
    from recount.sources import source_of, terms_of

    shows = {}
    for name in of.sources:
        terms = terms_of(of, name)
        source_of(terms).check(terms)
        if name in of.evidence_sources:
            shows[name] = source_of(terms).shows(terms)
    return shows


@main.command()
@contract_option
@period_option
@click.option("--as-of", required=True, type=_Instant(),
              help="What is known at this instant, such as 2016-05-01T00:00:00Z.")  # fmt: skip
@lake_option
@click.option("--refresh", is_flag=True, help="Extract again what an earlier run pinned.")
@json_option
def run(
    contract_path: Path, period: str, as_of: datetime, lake_uri: str, refresh: bool, as_json: bool
) -> None:
    """Make the statement of a month: land, recount, guard, decide, tell.

    A second run with the same --as-of reads what the first one pinned, ends in the same statement
    and mails nobody again. Exit code 0 whenever there is a statement, whatever it decides.
    """
    from recount import stages

    month = _month(contract_path, period, as_of, lake_uri)
    statement = stages.run(month, refresh=refresh, progress=_progress(as_json))
    _print(statement, as_json, f"Everything lies in {month.lake.place.uri}")


@main.command()
@contract_option
@period_option
@click.option("--as-of", type=_Instant(),
              help="As of this instant; by default when the month can be final.")  # fmt: skip
@json_option
def replay(contract_path: Path, period: str, as_of: datetime | None, as_json: bool) -> None:
    """Say what the statement would be, and tell nobody: nothing is published or sent."""
    from recount import stages

    month = _month(contract_path, period, as_of, "")
    statement = stages.replay(month, progress=_progress(as_json))
    _print(statement, as_json, "This is a what-if: nothing was published or sent.")


@main.command()
@contract_option
@click.option(
    "--units",
    multiple=True,
    metavar="TERM=NUMBER",
    help="How many of a term, such as resolution=253; of a share of value, the value.",
)
@json_option
def price(contract_path: Path, units: tuple[str, ...], as_json: bool) -> None:
    """Say what a month would cost by the contract's prices, and how that comes about.

    A term is an outcome, a tier of one (resolution.simple) or a unit of usage. Without --units,
    print a table of what more and more of each term costs. Of several versions the newest counts.
    """
    from recount import quoting
    from recount.contract.reading import read_all

    newest = max(read_all(contract_path), key=lambda version: version.version)
    if units:
        document = quoting.quote(newest, quoting.units_of(newest, units))
        lines = quoting.quote_lines(document)
    else:
        document = quoting.table(newest)
        lines = quoting.table_lines(document)
    if as_json:
        _print_json(document)
    for line in lines if not as_json else ():
        click.echo(line)


@main.command()
@lake_option
@click.option("--contract", "contract_path", type=click.Path(path_type=Path, exists=True),
              envvar="RECOUNT_CONTRACTS",
              help="Contracts, to find months without a statement as well.")  # fmt: skip
@click.option("--as-of", type=_Instant(), help="Judge what is due as of this instant.")
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
        _print_json([standing.as_document() for standing in standings])
        return
    _print_standings([standing.as_document() for standing in standings])


@main.command()
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
        _print_json([overlap.as_json() for overlap in found])
    for overlap in found if not as_json else ():
        for line in overlap.lines():
            click.echo(line)
    if not found and not as_json:
        click.echo("No subject is billed under two contracts.")
    sys.exit(1 if found else 0)


@main.command()
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


def _month(contract_path: Path, period: str, as_of: datetime | None, lake_uri: str) -> Any:
    from recount.contract.reading import read_all
    from recount.month import Month
    from recount.periods import format_instant

    versions = read_all(contract_path)
    if len(by_name(versions)) > 1:
        names = ", ".join(by_name(versions))
        raise ContractError(f"{contract_path} holds {names}; give the path of one contract")
    of = _period(period, versions[0])
    month = Month(str(contract_path), versions[0].contract, period, "", lake_uri)
    instant = as_of or of.ends_at + month.contract.settlement.final_after
    return Month(
        str(contract_path), versions[0].contract, period, format_instant(instant), lake_uri
    )


def _period(name: str, contract: Contract) -> Any:
    from recount.periods import Period

    try:
        return Period.named(name, contract.zone)
    except ValueError as error:
        raise ContractError(f"--period: {error}") from None


def _progress(quiet: bool) -> Callable[[str], None]:
    return lambda step: None if quiet else click.echo(f"... {step}", err=True)


def _print_json(document: Any) -> None:
    click.echo(json.dumps(document, indent=1, ensure_ascii=False, default=_text))


def _text(value: object) -> str:
    if isinstance(value, (date, Path)):
        return str(value)
    raise TypeError(f"{value!r} has no place in JSON")


def _print(statement: dict[str, Any], as_json: bool, where: str) -> None:
    if as_json:
        _print_json(statement)
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
