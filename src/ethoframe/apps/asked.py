"""What was asked for on the command line, as an order."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import click

from ethoframe.contract import Recipe
from ethoframe.run.order import Show


def configured(recipe: Recipe, options: Mapping[str, Any]) -> Recipe:
    """The recipe with what ``--side`` and ``--set`` say.

    Raises
    ------
    Refusal
        When there is no such step or parameter, or it cannot have that value.
    """
    settings = dict(_setting(text) for text in options["settings"])
    if options["side"]:
        if not any(step.name == "arena" for step in recipe.steps):
            raise click.UsageError(f"{recipe.name} has no arena that --side could be of")
        first, second = options["side"]
        settings = {"arena.side_mm": first, "arena.other_side_mm": second, **settings}
    return recipe.configured(settings)


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Answers that the user gives instead of a step."""
    if not options["arena"]:
        return {}
    if options["side"]:
        raise click.UsageError(
            "--side and --arena both give the scale; write sides_mm into the arena file"
        )
    from ethoframe.formats import arena

    return {"arena": arena.read(options["arena"])}


def shows(options: Mapping[str, Any]) -> tuple[Show, ...]:
    """What is written beside the tables."""
    from ethoframe.apps.shows import OVERLAY, PAGE

    asked = ((PAGE, options["report"]), (OVERLAY, options["overlay"]))
    return tuple(show for show, wanted in asked if wanted)


def _setting(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals or "." not in path:
        raise click.BadParameter(f"{text!r} is not STEP.PARAMETER=VALUE", param_hint="--set")
    try:
        return path.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return path.strip(), value.strip()  # words need no quotes
