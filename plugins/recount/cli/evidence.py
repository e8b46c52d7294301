"""Commands about evidence packs: check what one says, and the chain that it belongs to."""

import sys
from pathlib import Path

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
@click.option(
    "--signed-by", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="The buyer's public key (PEM): each pack must have its signature beside it.",
)  # fmt: skip
@click.option(
    "--stamped-by", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Root certificates (PEM) of a time stamp authority: each pack must have its stamp.",
)  # fmt: skip
@json_option
def verify(
    packs: tuple[str, ...], follows_chain: bool, signed_by: Path | None, stamped_by: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Recompute all that an evidence pack says, and name what differs.

    PACK is a file, or a file:// or s3:// URI. Of several packs of one contract it is checked too
    that each names the one before it. Nothing in a pack is ever run: `python3 evaluator.py PACK`
    does the same without Recount. A signature and a time stamp stand beside a pack (`pack.sig`,
    `pack.tsr`); they are checked against what you trust, and never against what came with them.

    Exit code 0: proven. 1: something differs. 2: this is no pack that can be read.
    """
    from recount.evidence.attesting import Trust
    from recount.evidence.verifying import verified

    trust = Trust(signed_by, stamped_by)
    proofs = verified(packs, follows_chain=follows_chain, trust=trust)
    if as_json:
        documents = [proof.as_json() for proof in proofs]
        print_json(documents[0] if len(documents) == 1 else documents)
    for proof in proofs if not as_json else ():
        for line in proof.lines():
            click.echo(line, err=proof.report.result == "unreadable")
    sys.exit(max(proof.exit_code for proof in proofs))
