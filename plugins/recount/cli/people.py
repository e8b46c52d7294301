"""Commands about people, who are keyed hashes in the lake."""

import sys
from pathlib import Path

import click

from recount.cli.options import json_option, print_json


@click.group()
def people() -> None:
    """Keep the promises that were made to people: erase what ties them to the lake."""


@people.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--from", "file", type=click.File("r", encoding="utf-8"),
              help="Read ids from a file, one a line; - is standard input.")  # fmt: skip
@click.option("--contracts", type=click.Path(path_type=Path), envvar="RECOUNT_CONTRACTS",
              default=Path("contracts"), show_default="./contracts",
              help="The contract, or the folder of all: whom they name is not erased.")  # fmt: skip
@json_option
def erase(
    ids: tuple[str, ...], file: click.utils.LazyFile | None, contracts: Path, as_json: bool
) -> None:
    """Erase the keys of people for good: nobody can tell any more which records were theirs.

    ID is what the helpdesk calls the person, such as the number of a user in Zendesk. People have
    keys of their own where RECOUNT_PERSON_KEYS names the file of them. Nothing in the lake changes,
    so all that was published, sent and proven stays as it is. Ids on the command line may stay in
    the shell's history; --from keeps them out of it.

    Exit code 0: erased. 1: somebody is not known here, so that there was nothing to erase. 2: a
    contract names somebody as an actor, or there are no keys; then nobody was erased.
    """
    from recount.contract.reading import read_all
    from recount.errors import ContractError
    from recount.sources import requesters

    wanted = list(dict.fromkeys([*ids, *(line.strip() for line in file or () if line.strip())]))
    if not wanted:
        raise click.UsageError("name at least one person")
    for contract in read_all(contracts):
        named = {actor.id for actors in contract.actors.values() for actor in actors}
        if met := sorted(named & set(wanted)):
            raise ContractError(
                f"{contract.file} names {', '.join(met)} as an actor, and its months could not be "
                "recounted without the key; nobody was erased, so leave this one out"
            )
    erased = requesters.erase(wanted)
    if as_json:
        print_json({"erased": sum(erased), "unknown": len(erased) - sum(erased)})
    else:
        click.echo(f"{sum(erased)} erased")
        for number, (_, is_erased) in enumerate(zip(wanted, erased, strict=True), 1):
            if not is_erased:
                click.echo(f"person {number} of {len(wanted)} is not known here")
    sys.exit(0 if all(erased) else 1)
