"""The command that says what killed runs left in a lake."""

import sys
from datetime import datetime
from typing import Any

import click

from recount.cli.options import Instant, json_option, lake_option, print_json


@click.command()
@lake_option
@click.option("--abort-before", type=Instant(),
              help="Abort the unfinished uploads that were begun before this instant; give one "
              "that is before the first run that is still under way.")  # fmt: skip
@json_option
def sweep(lake_uri: str, abort_before: datetime | None, as_json: bool) -> None:
    """List what runs that were killed left in the lake; it counts nowhere.

    Objects that nothing names: a run puts pages, marts and drafts first, and then the manifest or
    step that makes them count. The next run uses them again by their hash, or leaves them. They
    are only listed, and nothing deletes them: a run that is under way may be about to name them.

    Uploads that were left half done: files that were being written, and on S3 the multipart
    uploads of other tools. No listing shows them, and the storage asks money for them. With
    --abort-before they are given up.

    Exit code 0: nothing is left. 1: something is, and is listed. 2: it cannot be told.
    """
    from recount.lake import open_lake
    from recount.sweeping import unreferenced
    from recount.unfinished import abort, unfinished

    lake = open_lake(lake_uri)
    left, uploads = unreferenced(lake), unfinished(lake)
    aborted = [each for each in uploads if abort_before and each.begun_at < abort_before]
    for upload in aborted:
        abort(lake, upload)
    document = {
        "lake": lake.place.uri,
        "unreferenced": [each.as_json() for each in left],
        "unfinished": [each.as_json() for each in uploads if each not in aborted],
        "aborted": [each.as_json() for each in aborted],
    }
    if as_json:
        print_json(document)
    else:
        _print(document)
    sys.exit(1 if document["unreferenced"] or document["unfinished"] else 0)


def _print(document: dict[str, Any]) -> None:
    for each in document["unreferenced"]:
        click.echo(f"unreferenced  {each['key']}: {each['because']}")
    for state in ("unfinished", "aborted"):
        for each in document[state]:
            click.echo(f"{state:12}  {each['key']}: an upload begun at {each['begun_at']}")
    if not any(document[name] for name in ("unreferenced", "unfinished", "aborted")):
        click.echo("Nothing was left here.")
