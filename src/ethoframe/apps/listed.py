"""Methods as commands: one below ``apply`` or ``fit`` for each that there is."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import click

from ethoframe.contract import Method, catalog
from ethoframe.contract.catalog import Card

ROOMS = (
    "enhance", "summarise", "register", "detect", "segment", "track", "clean", "behave", "measure",
    "contrast", "regress", "classify", "pose",
)  # fmt: skip
"""Tasks in the order of an analysis; those of other packages follow."""

LIKE = 0.6
"""How alike two names are, from 0 to 1, of which one may have been meant by the other."""


class Methods(click.Group):
    """Every method is a command below this one, made when it is asked for."""

    def cards(self) -> Sequence[Card]:
        """What is listed."""
        return catalog.cards()

    def command_for(self, method_class: type[Method]) -> click.Command:
        """The command of a method."""
        raise NotImplementedError

    def absent(self, name: str) -> str:
        """What to say of a method that is not among them."""
        near = get_close_matches(name, [card.name for card in self.cards()], 1, LIKE)
        hint = f"did you mean {near[0]}?" if near else "ethoframe methods lists all"
        return f"there is no method {name!r}; {hint}"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """By the rooms' names."""
        return [card.name for card in self.cards()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The method called so."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return self.command_for(catalog.find(cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Of a method that is not there the nearest is told."""
        if args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            ctx.fail(self.absent(args[0]))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What each does, without importing any."""
        rooms: dict[str, list[tuple[str, str]]] = {room: [] for room in ROOMS}
        for card in self.cards():
            rooms.setdefault(card.name.split("/")[0], []).append((card.name, card.summary))
        for room, listed in rooms.items():
            if listed:
                with formatter.section(room.capitalize()):
                    formatter.write_dl(listed)


def short(method_class: type[Method]) -> str:
    """What a method does, in the line that lists it."""
    first = (method_class.__doc__ or "").split("\n")[0]
    return first.replace("`", "").replace("*", "")
