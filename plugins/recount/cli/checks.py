"""Commands that read contracts and try sources, before anything is recounted."""

import sys
from datetime import datetime
from pathlib import Path

import click

from recount.cli.options import contract_option, json_option, period_of, print_json
from recount.contract.check import check
from recount.contract.lint import report_text
from recount.contract.model import Contract


@click.group()
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
        print_json([result.as_json() for result in results])
    for result in results if not as_json else ():
        if result.error:
            click.echo(result.error, err=True)
            continue
        if result.findings:
            click.echo(report_text(result.findings))
        if result.exit_code == 0:
            click.echo(f"{result.file}: clean")
    sys.exit(code)


@click.group()
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
    of = period_of(period or f"{first.effective.from_:%Y-%m}", first)
    chosen = in_force(versions, of.first_day) if period else first
    reports = []
    for name in chosen.sources:
        reports.append(report(chosen, name, of))
        for line in reports[-1].lines() if not as_json else ():
            click.echo(line)
    if as_json:
        print_json([found.as_json() for found in reports])
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
