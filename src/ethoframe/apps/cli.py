"""The command line: ``ethoframe``."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

import ethoframe
from ethoframe import recipes
from ethoframe.apps.typed import WORDS
from ethoframe.data import Refusal

VERBS = {
    "read": "ethoframe.apps.read",
    "write": "ethoframe.apps.write",
    "fit": "ethoframe.apps.fit",
    "apply": "ethoframe.apps.apply",
    "methods": "ethoframe.apps.methods",
    "demo": "ethoframe.apps.demo",
    "arena": "ethoframe.apps.arena",
    "align": "ethoframe.apps.align",
    "audit": "ethoframe.apps.audit",
    "suggest": "ethoframe.apps.suggest",
    "score": "ethoframe.apps.score",
    "compare": "ethoframe.apps.compare",
    "freeze": "ethoframe.apps.freeze",
    "completion": "ethoframe.apps.completion",
}
"""Commands that are no recipe, and the module each is in: loaded only when it is called."""

CLOSED = (errno.EPIPE, errno.EINVAL)
"""What a write to a pipe that nobody reads any more is called; the latter by Windows."""

INTERRUPTED = 130
"""What a shell calls the end of a command by Ctrl-C."""


class Commands(click.Group):
    """Every recipe is a command, beside the few verbs; a file alone is read."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """A context that remembers what was typed."""
        typed = tuple(args)
        context = super().make_context(info_name, args, parent, **extra)
        context.meta[WORDS] = typed
        return context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Recipes first, then verbs."""
        return [*recipes.names(), *VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called so, made when it is asked for."""
        if cmd_name in VERBS:
            command: click.Command = import_module(VERBS[cmd_name]).command
            return command
        if cmd_name in recipes.names():
            from ethoframe.apps.recipe import command_for

            return command_for(cmd_name)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A path where a command could be is read; of other words the nearest command is told."""
        if self.get_command(ctx, args[0]) is None:
            if _is_path(args[0]):
                args = ["read", *args]
            elif near := get_close_matches(args[0], self.list_commands(ctx), 1):
                ctx.fail(f"there is no command {args[0]!r}; did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Recipes and other commands, each under a heading."""
        with formatter.section("Recipes"):
            formatter.write_dl([(name, recipes.told(name)) for name in recipes.names()])
        verbs = [(name, self.get_command(ctx, name)) for name in VERBS]
        with formatter.section("Other commands"):
            formatter.write_dl([(n, c.get_short_help_str(80)) for n, c in verbs if c])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names of commands; of files where no command begins so, for a file alone is read."""
        return super().shell_complete(ctx, incomplete) or [CompletionItem(incomplete, type="file")]


def _is_path(word: str) -> bool:
    """Whether a word means a file, be it there or not."""
    return Path(word).exists() or bool(Path(word).suffix) or os.sep in word or "/" in word


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="ethoframe FILE says what a file is and what to type next.",
)
@click.version_option(ethoframe.__version__, prog_name="ethoframe")
def commands() -> None:
    """From behaviour video to numbers a scientist can defend."""


def main(args: Sequence[str] | None = None) -> None:
    """Runs the command line.

    Whatever goes wrong is one line on standard error: exit status 2 for what was typed, 3 for input
    that will not do, 130 after Ctrl-C, 1 for a fault of ours.
    """
    _say_anything()
    try:
        status = commands.main(args, prog_name="ethoframe", standalone_mode=False)
    except Refusal as refusal:
        _end(str(refusal), 3)
    except click.ClickException as misuse:
        misuse.show()
        sys.exit(misuse.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _end("stopped; the same command goes on where it was", INTERRUPTED)
    except Exception as error:  # noqa: BLE001  a page of traceback helps no scientist
        if isinstance(error, OSError) and error.errno in CLOSED:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)  # whoever was reading, such as `head`, has read enough
        from ethoframe.run.batch import fault

        _end(f"{fault(error)}; please report this line to the authors", 1)
    sys.exit(status if isinstance(status, int) else 0)


def _say_anything() -> None:
    """Files and pipes get UTF-8; on a console, signs that it does not know get a mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")


def _end(line: str, status: int) -> None:
    click.echo(f"ethoframe: {line}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
