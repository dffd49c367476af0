"""What people said, as commands take it: where it lies, and what its format asks for besides."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.options import FILE
from ethoframe.data import LabelMap, Noun, Points, Refusal, Tracks

if TYPE_CHECKING:
    from ethoframe.data import Labels

PREFIX = "labels_"

WHATS: Mapping[type[Noun], str] = {Tracks: "keypoints", LabelMap: "masks", Points: "boxes"}
"""What a file of several kinds of labels calls each."""

PICTURES = ("images", "recordings")
"""What formats call the folder of what labels are of."""


def asking() -> list[click.Parameter]:
    """What some formats of labels ask for, because their files do not say it."""
    return [
        click.Option(
            ["--images", f"{PREFIX}images"], type=FILE, metavar="FOLDER",
            help="Folder of the pictures or films, where labels do not lie beside them.",
        ),
        click.Option(
            ["--author", f"{PREFIX}scorer"], metavar="NAME",
            help="Whose labels, where several people's are there.",
        ),
        click.Option(
            ["--only", f"{PREFIX}only"], multiple=True, metavar="NAME",
            help="Use only labels of this category; may be repeated.",
        ),
        click.Option(
            ["--skip-missing", f"{PREFIX}missing"], is_flag=True,
            help="Leave out labels of pictures that are not there.",
        ),
    ]  # fmt: skip


def labels_at(
    path: Path, options: Mapping[str, Any] | None = None, wanted: type[Noun] | None = None
) -> Labels:
    """What people said at a path.

    Parameters
    ----------
    path
        Of a file or folder.
    options
        Of the command, those of `asking` among them.
    wanted
        Which kind, where a file holds several.

    Raises
    ------
    Refusal
        When there are none, or the format does not ask for what is told.
    """
    from ethoframe import formats

    known = _known(path)
    told = {k.removeprefix(PREFIX): v for k, v in (options or {}).items() if k.startswith(PREFIX)}
    given = {name: value for name, value in told.items() if value}
    if given.pop("missing", False):
        given["missing"] = "skip"
    if "images" in given and "images" not in known:
        given["recordings"] = given.pop("images")
    for name in given:
        if name not in known:
            word = {"scorer": "author", "missing": "skip-missing", "recordings": "images"}
            option = f"--{word.get(name, name)}"
            raise Refusal(path, f"its format does not ask for {option}", f"leave {option} out")
    if wanted is not None and wanted in WHATS and "what" in known:
        given["what"] = WHATS[wanted]
    return formats.read_annotations(path, **given)


def _known(path: Path) -> frozenset[str]:
    """Names of the options that the format of labels takes."""
    from importlib import import_module

    from ethoframe.formats._finding import labels_format

    form = labels_format(path)
    return frozenset(signature(getattr(import_module(form.module), form.says)).parameters)
