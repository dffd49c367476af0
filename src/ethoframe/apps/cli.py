"""The command line: ``ethoframe``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import ethoframe
from ethoframe import recipes
from ethoframe.data import Refusal

VERBS = {
    "read": "ethoframe.apps.read",
    "methods": "ethoframe.apps.methods",
    "demo": "ethoframe.apps.demo",
    "completion": "ethoframe.apps.completion",
}
"""Commands that are no recipe, and the module each is in: loaded only when it is called."""


class Commands(click.Group):
    """Every recipe is a command, beside the few verbs; a file alone is read."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Recipes first, then verbs."""
        return [*recipes.names(), *VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called so, made when it is asked for."""
        if cmd_name in VERBS:
            from importlib import import_module

            command: click.Command = import_module(VERBS[cmd_name]).command
            return command
        if cmd_name in recipes.names():
            from ethoframe.apps.recipe import command_for

            return command_for(cmd_name)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A path where a command could be is read."""
        if args and self.get_command(ctx, args[0]) is None and Path(args[0]).exists():
            args = ["read", *args]
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="ethoframe FILE says what a file is and what to type next.",
)
@click.version_option(ethoframe.__version__, prog_name="ethoframe")
def commands() -> None:
    """From behaviour video to numbers a scientist can defend."""


def main() -> None:
    """Runs the command line; refusals are one line and exit status 3, faults of our own 1."""
    try:
        commands(prog_name="ethoframe")
    except Refusal as refusal:
        click.echo(f"ethoframe: {refusal}", err=True)
        sys.exit(3)


if __name__ == "__main__":
    main()
