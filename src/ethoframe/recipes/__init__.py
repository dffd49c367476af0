"""Recipes: one TOML, one recipe. A new file here is a new command."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from importlib.resources import files

from ethoframe.contract import Recipe, catalog
from ethoframe.data import Refusal


def names() -> list[str]:
    """What recipes there are, as they are called at the command line."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(n.removesuffix(".toml").replace("_", "-") for n in found if n.endswith(".toml"))


def heading(name: str) -> tuple[str, str]:
    """Title and summary of the recipe called `name`; none of its methods is imported for it."""
    written = tomllib.loads(_text(name))
    return written["title"], written["summary"]


def taught(name: str) -> tuple[str, ...]:
    """Steps of the recipe called `name` whose rules are learned, and that need a fitted model."""
    learned = {card.name for card in catalog.cards() if card.learned}
    steps = tomllib.loads(_text(name)).get("steps", {})
    return tuple(step for step, words in steps.items() if words.get("method") in learned)


def load(name: str) -> Recipe:
    """The recipe called `name`.

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
    return Recipe.from_toml(_text(name), name, load, _text)


def _text(name: str) -> str:
    return (files(__name__) / f"{name.replace('-', '_')}.toml").read_text(encoding="utf-8")
