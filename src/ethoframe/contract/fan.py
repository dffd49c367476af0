"""A recipe once for each part of the picture: one decoding, several animals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ethoframe.contract import catalog
from ethoframe.contract.method import Method
from ethoframe.contract.recipe import Recipe, Step
from ethoframe.contract.spec import Kind
from ethoframe.data import Window

CROP = "enhance/crop"
VIEW = "view"
"""What the frames cut to a window are called."""

Held = TypeVar("Held")


def own(part: str, name: str) -> str:
    """What a step, input or output of one part is called; its own name where there is one part.

    Examples
    --------
    >>> own("left", "track"), own("", "track")
    ('left/track', 'track')
    """
    return f"{part}/{name}" if part else name


def fanned(recipe: Recipe, windows: Mapping[str, Window]) -> Recipe:
    """The recipe once for each window of its recording, as one graph.

    Every step, output and further input goes by `own` of the window's name, and sees the frames cut
    to the window. A plan of it reads each frame once.

    Parameters
    ----------
    recipe
        That takes one recording.
    windows
        By name.
    """
    film = next(name for name, kind in recipe.takes.items() if kind is Kind.RECORDING)
    takes: dict[str, Kind] = {film: Kind.RECORDING}
    gives: dict[str, str] = {}
    steps: list[Step] = []
    for part, window in windows.items():
        view, named = own(part, VIEW), {film: own(part, VIEW)}
        further = [name for name in recipe.takes if name != film]
        named |= {name: own(part, name) for name in (*further, *(s.name for s in recipe.steps))}
        takes |= {named[name]: recipe.takes[name] for name in further}
        gives |= {own(part, output): named[step] for output, step in recipe.gives.items()}
        steps.append(Step(view, _crop(window), {"recording": film}))
        steps += [
            Step(named[s.name], s.method, {key: named[source] for key, source in s.inputs.items()})
            for s in recipe.steps
        ]
    return Recipe(recipe.name, recipe.title, recipe.summary, takes, tuple(steps), gives)


def part_of(held: Mapping[str, Held], part: str) -> dict[str, Held]:
    """What belongs to one part, by the names that it has without the part's."""
    start = own(part, "")
    return {name.removeprefix(start): each for name, each in held.items() if name.startswith(start)}


def _crop(window: Window) -> Method:
    names = ("top", "left", "height", "width")
    return catalog.find(CROP)().with_parameters({f"{n}_px": getattr(window, n) for n in names})
