"""Options of a command from what a method, or its training, declares."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field
from typing import Any

import click
from click.core import ParameterSource

UNBOUNDED = 1e9
"""A parameter of this size or more is no bound at all."""

SET = "set_"
"""How the names of options begin that are parameters of a method."""


def options(declared: Iterable[Field[Any]], prefix: str = SET) -> list[click.Parameter]:
    """An option for each parameter.

    Parameters
    ----------
    declared
        Fields that `contract.parameter` made.
    prefix
        How their names begin among all options of the command.
    """
    return [option(each, prefix) for each in declared]


def option(declared: Field[Any], prefix: str = SET) -> click.Option:
    """A parameter as an option: its unit is in its name, its meaning in the help."""
    rules, default = declared.metadata, declared.default
    name, kept = declared.name.replace("_", "-"), f"{prefix}{declared.name}"
    about: dict[str, Any] = {"help": f"{sentence(rules['says'])}", "show_default": True}
    if default is MISSING:
        default = None
    elif isinstance(default, float) and abs(default) >= UNBOUNDED:
        about = {"help": f"{about['help']}  [default: none]", "show_default": False}
    if isinstance(default, bool):
        return click.Option([f"--{name}/--no-{name}", kept], default=default, **about)
    if rules["choices"]:
        about["type"] = click.Choice(rules["choices"])
    elif isinstance(default, int | float):
        whole = isinstance(default, int) and "float" not in str(declared.type)
        about["type"] = int if whole else float
        about["metavar"] = rules["unit"] if rules["unit"] not in ("", "1") else "NUMBER"
    elif isinstance(default, str):
        about["show_default"] = bool(default)
    else:
        words = str(declared.type).startswith("tuple[str")
        about |= {"type": _Written(words), "metavar": "NAME,..." if words else "VALUE"}
    return click.Option([f"--{name}", kept], default=default, **about)


def given(options: Mapping[str, Any], prefix: str = SET) -> dict[str, Any]:
    """Parameters by name, with their values."""
    return {k.removeprefix(prefix): v for k, v in options.items() if k.startswith(prefix)}


def typed(options: Mapping[str, Any], prefix: str = SET) -> dict[str, Any]:
    """Those of them that the user set, and did not leave as they are."""
    context = click.get_current_context()
    kept = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)
    return {
        name: value
        for name, value in given(options, prefix).items()
        if context.get_parameter_source(f"{prefix}{name}") not in kept
    }


def sentence(words: str) -> str:
    """Words as a sentence.

    Examples
    --------
    >>> sentence("folder of the fitted model")
    'Folder of the fitted model.'
    """
    return f"{words[:1].upper()}{words[1:]}".rstrip(".") + "."


class _Written(click.ParamType):
    """A list or number as TOML has it; a list of words may go without quotes, as ``a,b``.

    Examples
    --------
    >>> _Written(words=True).convert("nose, tail_base", None, None)
    ['nose', 'tail_base']
    >>> _Written().convert("[0.5, 2]", None, None)
    [0.5, 2]
    """

    name = "VALUE"

    def __init__(self, words: bool = False) -> None:
        self.words = words

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> object:
        """What the text says; a word that needs no quotes as it is."""
        if not isinstance(value, str):
            return value
        try:
            said = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            said = value
        if self.words and not isinstance(said, list):
            return [word.strip() for word in value.split(",") if word.strip()]
        return said
