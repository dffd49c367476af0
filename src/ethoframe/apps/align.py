"""``ethoframe align``: the clock of a video on an outside clock, by a lamp that blinks."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.progress import Progress
from ethoframe.apps.typed import Typed
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.data import Episodes, Recording, Values

Place = tuple[int, int, int, int]

HELP = """Lay the clock of a video on that of another recording, such as ephys, by a lamp.

The lamp stands in the picture and blinks with pulses whose times the other computer wrote into a
file. Offset and drift between the two clocks are found however many pulses either missed; pulses at
irregular times leave no doubt. With --out, the time of every frame on the outside clock is written,
as --timestamps takes it.
"""


class Rectangle(click.ParamType):
    """A part of the picture in pixels, as left, top, width and height.

    Examples
    --------
    >>> Rectangle().convert("600,20,12x10", None, None)
    (600, 20, 12, 10)
    """

    name = "LEFT,TOP,WIDTHxHEIGHT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Place:
        """The four numbers."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*[x×,]\s*(\d+)\s*", str(value))
        if found is None or "0" in (found[3], found[4]):
            self.fail(f"{value!r} is no place; write it in pixels as 600,20,12x10", param, ctx)
        left, top, width, height = map(int, found.groups())
        return left, top, width, height


@click.command("align", help=HELP, short_help="Lay a video's clock on another by a blinking lamp.")
@click.argument("video", type=click.Path(path_type=Path))
@click.option(
    "--light",
    type=Rectangle(),
    required=True,
    metavar=Rectangle.name,
    help="Where the lamp is, in pixels.",
)
@click.option(
    "--pulses",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Table with the times at which pulses began, on the outside clock.",
)
@click.option(
    "--unit",
    type=click.Choice(["s", "ms", "us", "ns"]),
    default=None,
    help="Of these times; as the heading says when left out, or seconds.",
)
@click.option("--column", default="", metavar="NAME", help="Which column of the table holds them.")
@click.option("--near", type=float, default=0.0, metavar="SECONDS", help="The offset is near this.")
@click.option(
    "--within",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    help="And at most so far from it.",
)
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the outside time of every frame, as cam.csv.",
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def command(video: Path, light: Place, pulses: Path, out: Path | None, **options: Any) -> None:
    """Align."""
    from ethoframe import formats
    from ethoframe.formats import timestamps

    told = timestamps.read_pulses(pulses, unit=options["unit"] or "", column=options["column"])
    recording = formats.read(video)
    blinks = _blinks(recording, light)
    found = _aligned(recording, blinks, (pulses, told), options["near"], options["within"])
    if out is not None:
        _write(out, recording, found)
    _tell(video, found, (len(blinks), len(told)), out, options["as_json"])


def _blinks(recording: Recording, place: Place) -> Episodes:
    """When the lamp was on."""
    from ethoframe.contract import catalog
    from ethoframe.run import apply
    from ethoframe.run.told import Watched

    progress = Progress()
    tell: Callable[[str, int, int], None] = partial(progress, recording.name)
    watched = Watched.of(recording, "looking at the lamp", tell)
    left, top, width, height = place
    part = {"left_px": left, "top_px": top, "width_px": width, "height_px": height}
    region = catalog.find("regress/region")().with_parameters(part)
    try:
        level = apply(region, recording=watched)
    finally:
        progress.wipe()
    blinks: Episodes = apply(catalog.find("detect/light")(), level=level)
    if len(blinks) == 0:
        reason = f"no lamp blinks in {width} × {height} px at column {left}, row {top}"
        raise Refusal(recording.name, reason, "check --light: LEFT,TOP,WIDTHxHEIGHT in pixels")
    return blinks


def _aligned(
    recording: Recording,
    blinks: Episodes,
    pulses: tuple[Path, Episodes],
    near_s: float,
    within_s: float,
) -> Values:
    """Offset, rate and how well they fit."""
    from ethoframe.contract import catalog
    from ethoframe.data import Clock
    from ethoframe.run import apply

    path, told = pulses
    method = catalog.find("register/pulses")()
    # Between two frames nobody knows when a lamp came on: slow cameras need more room.
    room_s = max(method.parameters()["tolerance_s"], Clock.of(recording.times_s).median_step_s)
    said = {"tolerance_s": room_s, "near_s": near_s, "within_s": within_s}
    register = method.with_parameters(said)
    try:
        found: Values = apply(register, light=blinks, pulses=told)
    except Refusal as refusal:
        remedy = "say near which one it is with --near and --within; let the lamp blink irregularly"
        raise Refusal(path, refusal.reason, remedy) from None
    if found["offset"] != found["offset"]:
        matched = f"{found['matched']:.0f} of {len(blinks)} on-times of the lamp"
        reason = f"its pulses are not those of the lamp: at the best {matched} match"
        raise Refusal(path, reason, f"check --light, and that it belongs to {recording.name}")
    return found


def _write(out: Path, recording: Recording, found: Values) -> None:
    from ethoframe.formats import timestamps
    from ethoframe.run.writing import moved_into

    with moved_into(out.parent) as part:
        timestamps.write(part / out.name, found["offset"] + found["rate"] * recording.times_s)


def _tell(
    video: Path, found: Values, counts: tuple[int, int], out: Path | None, as_json: bool
) -> None:
    blinks, pulses = counts
    told: dict[str, Any] = {
        "video": os.fspath(video),
        "offset_s": found["offset"],
        "drift_ppm": 1e6 * (found["rate"] - 1),
        "drift_error_ppm": 1e6 * found["rate_error"],
        "residual_ms": 1e3 * found["residual"],
        "worst_ms": 1e3 * found["worst"],
        "matched": round(found["matched"]),
        "blinks": blinks,
        "pulses": pulses,
        "blinks without a pulse": round(found["alone"]),
        "pulses without a blink": round(found["missed"]),
        "written": out and os.fspath(out),
    }
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(
        f"{video.name}: outside time = {told['offset_s']:.4f} s + "
        f"{1 + 1e-6 * told['drift_ppm']:.7f} × the video's time\n"
        f"  drift     {told['drift_ppm']:+.1f} ± {told['drift_error_ppm']:.1f} ppm\n"
        f"  residual  {told['residual_ms']:.1f} ms (root mean square), worst "
        f"{told['worst_ms']:.1f} ms\n"
        f"  matched   {told['matched']} of {blinks} blinks and {pulses} pulses; while both were "
        f"watched, {told['blinks without a pulse']} blinks without a pulse and "
        f"{told['pulses without a blink']} pulses without a blink"
    )
    if out is not None:
        words = ("open-field", os.fspath(video), "--timestamps", os.fspath(out))
        click.echo(
            f"{os.fspath(out)} holds the outside time of every frame:\n  {Typed(words)(video)}"
        )
