"""How the command line refuses: one sentence and exit code 2, whoever finds the fault."""

import sys
from typing import Any, NoReturn

import click

from recount.errors import RecountError
from recount.exhausted import naming
from recount.scratch import remove_scratch
from recount.stopping import Stopped, ending_in_time

UNUSABLE = 2


class Refusing(click.Group):
    """A group whose commands refuse in one sentence, also what click itself cannot read."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; what click refuses is said in one sentence too."""
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
        """Run a command; a refusal ends with exit code 2, a signal with 128 and its number."""
        try:
            with naming(), ending_in_time():
                return super().invoke(ctx)
        except RecountError as error:
            refuse(str(error))
        except Stopped as stopped:
            remove_scratch()
            refuse(str(stopped), stopped.exit_code)


def _in_one_sentence(error: click.ClickException) -> str:
    said = " ".join(error.format_message().split()).rstrip(".")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return f"{said}; see `{ctx.command_path} --help`" if ctx else said


def refuse(sentence: str, exit_code: int = UNUSABLE) -> NoReturn:
    """Say why nothing was done, or not all, and end."""
    click.echo(f"recount: {sentence}", err=True)
    sys.exit(exit_code)
