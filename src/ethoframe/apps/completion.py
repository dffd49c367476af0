"""``ethoframe completion``: names after the Tab key."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print a script that completes commands in your shell.

    \b
    bash: ethoframe completion bash >> ~/.bashrc
    zsh:  ethoframe completion zsh >> ~/.zshrc
    fish: ethoframe completion fish > ~/.config/fish/completions/ethoframe.fish
    """
    from ethoframe.apps.cli import commands

    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(commands, {}, "ethoframe", "_ETHOFRAME_COMPLETE").source())
