"""Commands about evidence packs: check what one says, and the chain that it belongs to."""

import sys

import click

from recount.cli.options import json_option, print_json


@click.command()
@click.argument("packs", nargs=-1, required=True, metavar="PACK...")
@click.option(
    "--chain",
    "follows_chain",
    is_flag=True,
    help="Check the packs of earlier months too, as far as they lie beside it in the lake.",
)
@json_option
def verify(packs: tuple[str, ...], follows_chain: bool, as_json: bool) -> None:
    """Recompute all that an evidence pack says, and name what differs.

    PACK is a file, or a file:// or s3:// URI. Of several packs of one contract it is checked too
    that each names the one before it. Nothing in a pack is ever run: `python3 evaluator.py PACK`
    does the same without Recount.

    Exit code 0: proven. 1: something differs. 2: this is no pack that can be read.
    """
    from recount.evidence.verifying import verified

    reports = verified(packs, follows_chain=follows_chain)
    if as_json:
        documents = [report.as_json() for report in reports]
        print_json(documents[0] if len(documents) == 1 else documents)
    for report in reports if not as_json else ():
        for line in report.lines():
            click.echo(line, err=report.result == "unreadable")
    sys.exit(max(report.exit_code for report in reports))
