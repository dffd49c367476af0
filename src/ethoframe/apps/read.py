"""``ethoframe read``: what a file is."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from ethoframe.data import Refusal


@click.command("read")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def command(path: Path, as_json: bool) -> None:
    """Say what a recording is, or each one in a folder, and what to type next."""
    from ethoframe.formats import recordings_in

    inside = recordings_in(path) if path.is_dir() else []
    if not inside:  # a folder of pictures is one recording
        one = _described(path)
        click.echo(json.dumps(one, indent=1) if as_json else _as_text(one))
        return
    found = [described for each in inside if (described := _told(each))]
    if as_json:
        click.echo(json.dumps(found, indent=1))
    else:
        click.echo("\n\n".join(_as_text(each) for each in found))
    sys.exit(0 if len(found) == len(inside) else 3)


def _described(path: Path) -> dict[str, Any]:
    from ethoframe import formats
    from ethoframe.report.description import describe

    # Called by its path, so that what to type next can be pasted.
    return describe(formats.read(path, name=os.fspath(path)))


def _told(path: Path) -> dict[str, Any] | None:
    """The description of one of many; one that will not do is told, and never stops the rest."""
    try:
        return _described(path)
    except Refusal as refusal:
        click.echo(f"ethoframe: {refusal}", err=True)
        return None


def _as_text(description: dict[str, Any]) -> str:
    from ethoframe.report.description import as_text

    return as_text(description)
