"""``ethoframe completion``: names after the Tab key."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

HELP = """Print a script that completes commands and options in your shell.

\b
bash: ethoframe completion bash >> ~/.bashrc
zsh:  ethoframe completion zsh >> ~/.zshrc
fish: ethoframe completion fish > ~/.config/fish/completions/ethoframe.fish
"""


@click.command("completion", help=HELP)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script."""
    from ethoframe.apps.cli import commands

    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(commands, {}, "ethoframe", "_ETHOFRAME_COMPLETE").source())
