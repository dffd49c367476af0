"""Run benchmarks and print what they measured: ``python -m benchmarks [NAME ...] [--json]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


def names() -> list[str]:
    """Every file of this folder that is a benchmark: its function ``rows`` measures."""
    files = sorted(Path(__file__).parent.glob("[!_]*.py"))
    return [path.stem for path in files]


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows under the names of their columns, in the order in which these first come up."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([_told(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    left = [isinstance(rows[0].get(name), str) for name in columns]
    for line in lines:
        cells = (
            cell.ljust(width) if text else cell.rjust(width)
            for cell, width, text in zip(line, widths, left, strict=True)
        )
        yield "  ".join(cells).rstrip()


def software() -> dict[str, Any]:
    """What the numbers were measured with."""
    packages = ("ethoframe", "numpy", "opencv-python-headless", "av")
    found = {package: version(package) for package in packages}
    return {"python": platform.python_version(), "processors": os.cpu_count(), **found}


def _told(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value)


def _told_as_they_come(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows; each is told beside, as the next may take half an hour."""
    for row in rows:
        print(", ".join(f"{name} {_told(each)}" for name, each in row.items()), file=sys.stderr)
        yield row


def main() -> None:
    """Measure, and print."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument(
        "name", nargs="*", help=f"which: {', '.join(names())}; all but the long ones if left out"
    )
    asked.add_argument("--json", action="store_true", help="print JSON instead of tables")
    given = asked.parse_args()
    if unknown := set(given.name) - set(names()):
        asked.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    found: dict[str, list[Row]] = {}
    for name in given.name or names():
        benchmark = import_module(f"benchmarks.{name}")
        if getattr(benchmark, "LONG", False) and not given.name:
            print(f"{name} takes an hour or so: name it to run it", file=sys.stderr)
            continue
        found[name] = list(_told_as_they_come(benchmark.rows()))
        if not given.json:
            print(benchmark.__doc__.strip(), *table(found[name]), "", sep="\n")
    if given.json:
        print(json.dumps({"software": software(), **found}, indent=1))


if __name__ == "__main__":
    main()
