"""Recipes: one TOML, one recipe. A new file here is a new command."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

from ethoframe.contract import Recipe, catalog
from ethoframe.contract.like import FROM_TRACKS
from ethoframe.data import Refusal


def names() -> list[str]:
    """What recipes there are, as they are called at the command line.

    A file whose name begins with a line is no recipe, but what several are like.
    """
    found = (entry.name for entry in files(__name__).iterdir() if not entry.name.startswith("_"))
    return sorted(n.removesuffix(".toml").replace("_", "-") for n in found if n.endswith(".toml"))


def takes(name: str) -> tuple[bool, bool]:
    """Whether the recipe called `name` begins with films, and whether with tracks."""
    found: dict[str, Any] = {"like": name}
    kinds: set[str] = set()
    otherwise: list[Any] = []
    while "like" in found:
        found = tomllib.loads(_text(found["like"]))
        kinds |= set(found.get("takes", {}).values())
        otherwise += [found[FROM_TRACKS]] if FROM_TRACKS in found else []
    films = "recording" in kinds
    return films, bool(otherwise and otherwise[0]) if films else True


def heading(name: str) -> tuple[str, str]:
    """Title and summary of the recipe called `name`; none of its methods is imported for it."""
    written = tomllib.loads(_text(name))
    return written["title"], written["summary"]


def told(name: str) -> str:
    """Title and summary in a line.

    Examples
    --------
    >>> told("open-field")
    'Open field – one animal in an arena: distance, speed, zones, and a report'
    """
    return " – ".join(heading(name))


def taught(name: str) -> tuple[str, ...]:
    """Steps of the recipe called `name` whose rules are learned, and that need a fitted model."""
    steps = tomllib.loads(_text(name)).get("steps", {})
    cards = {step: catalog.card(said.get("method", "")) for step, said in steps.items() if said}
    return tuple(step for step, card in cards.items() if card is not None and card.learned)


def load(name: str, *, from_tracks: bool = False) -> Recipe:
    """The recipe called `name`.

    Parameters
    ----------
    name
        As `names` has it.
    from_tracks
        Whether it is to begin with tracks, where it can begin with a film as well.

    Raises
    ------
    Refusal
        When there is none, or its file is wrong.

    Examples
    --------
    >>> load("open-field").title
    'Open field'
    """
    if name not in names():
        near = ", ".join(get_close_matches(name, names(), cutoff=0.3)) or ", ".join(names())
        raise Refusal(name, "there is no such recipe", f"there are: {near}")
    return Recipe.from_toml(_text(name), name, load, _text, from_tracks=from_tracks)


def _text(name: str) -> str:
    return (files(__name__) / f"{name.replace('-', '_')}.toml").read_text(encoding="utf-8")
