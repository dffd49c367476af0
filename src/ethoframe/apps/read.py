"""``ethoframe read``: what a file is."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("read")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def command(path: Path, as_json: bool) -> None:
    """Say what a recording is: axes, clock, levels, and what to type next."""
    from ethoframe import formats
    from ethoframe.report.description import as_text, describe

    found = describe(formats.read(path))
    click.echo(json.dumps(found, indent=1) if as_json else as_text(found))
