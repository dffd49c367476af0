"""Options that every recipe has at the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from ethoframe.apps.lengths import Clock, PixelSize, Rate, Sides
from ethoframe.apps.moments import Moment
from ethoframe.apps.roles import RolesTyped

FILE = click.Path(path_type=Path)


def inputs(
    parameters: Callable[[str], list[CompletionItem]], called: str = "VIDEO"
) -> list[click.Parameter]:
    """What is analysed, and what the user knows of it.

    Parameters
    ----------
    parameters
        Completes what ``--set`` may begin with.
    called
        What the files are.
    """
    return [
        click.Argument(["paths"], nargs=-1, required=True, type=FILE, metavar=f"{called}..."),
        click.Option(
            ["--sheet"], type=FILE, metavar="FILE",
            help="Animal sheet (xlsx, csv, tsv): video, arena, subject, group, start, stop ...",
        ),
        click.Option(
            ["--side"], type=Sides(),
            help="Length of the floor's side (or diameter), as 40cm or 60x40cm: gives millimetres.",
        ),
        click.Option(
            ["--arena"], type=FILE, metavar="FILE",
            help="arena.toml: floors, scale, zones, as you drew them with `ethoframe arena`.",
        ),
        click.Option(
            ["--arenas", "count"], type=click.IntRange(1), metavar="N",
            help="How many arenas a picture shows; left out, as many as the sheet says.",
        ),
        click.Option(
            ["--from", "from_s"], type=Moment(),
            help="When the trial starts, as 0:12; left out, when the animal is alone in the arena.",
        ),
        click.Option(
            ["--for", "lasts_s"], type=Moment(),
            help="How long it lasts, as 10min; left out, to the end.",
        ),
        click.Option(
            ["--join"], is_flag=True,
            help="The files of each folder are one recording, in the order of their names.",
        ),
        click.Option(
            ["--timestamps"], type=FILE, metavar="FILE",
            help="Times of the frames on an outside clock; one file, or a name beside each video. "
            "Of tracks the same as --clock FILE.",
        ),
        click.Option(
            ["--events"], type=FILE, metavar="FILE",
            help="events.csv (start, stop, label, on the video's clock): measures for each cue.",
        ),
        click.Option(
            ["--lights"], default="", metavar="ON-OFF",
            help="When it is light every day, as 07:00-19:00: measures of light and dark as well.",
        ),
        *_definitions(parameters),
    ]  # fmt: skip


def _definitions(parameters: Callable[[str], list[CompletionItem]]) -> list[click.Parameter]:
    """By which definitions it is measured."""
    return [
        click.Option(
            ["--otherwise", "others"], multiple=True, metavar="STEP.PARAMETER=VALUE,...",
            help="Another definition, or several: all that depends on it is measured by each as "
            "well; a value may be a multiple, as x0.5. The recipe's own are listed by --steps.",
            shell_complete=lambda context, param, incomplete: parameters(incomplete),
        ),
        click.Option(
            ["--no-otherwise", "alone"], is_flag=True,
            help="Leave out the recipe's own other definitions.",
        ),
        click.Option(
            ["--set", "settings"], multiple=True, metavar="STEP.PARAMETER=VALUE",
            help="Set a parameter of a step; --steps lists them.",
            shell_complete=lambda context, param, incomplete: parameters(incomplete),
        ),
    ]  # fmt: skip


def of_tracks(*, files: bool = False) -> list[click.Parameter]:
    """What files of tracks do not say themselves.

    Parameters
    ----------
    files
        Whether the clock may be a file with the times of the frames.
    """
    return [*untold(files=files), roles(), plane()]


def roles() -> click.Option:
    """Which keypoint is what."""
    return click.Option(
        ["--roles"], type=RolesTyped(), metavar="ROLE=KEYPOINT,...",
        help="Which keypoint is what, where names do not tell, as nose=bp1,tail_base=bp7.",
    )  # fmt: skip


def plane() -> click.Option:
    """Along which axes tracks in space are seen."""
    return click.Option(
        ["--plane"], type=click.Choice(["xy", "xz", "yz"]),
        help="Of tracks in three dimensions keep these two; distances are those of the projection.",
    )  # fmt: skip


def individuals() -> click.Option:
    """Of whom, where tracks are of several."""
    return click.Option(
        ["--individual", "individuals"], multiple=True, metavar="NAME",
        help="Of tracks of several animals take only this one; may be repeated.",
    )  # fmt: skip


def weights() -> click.Parameter:
    """The fitted model of a learned step."""
    return click.Option(
        ["--weights"], type=FILE, metavar="MODEL", help="Fitted model, as ethoframe fit gives it."
    )


def results() -> list[click.Parameter]:
    """Where results go, and which."""
    return [
        click.Option(
            ["--out", "-o"], type=FILE, default=Path("ethoframe-out"),
            show_default=True, metavar="FOLDER",
            help="Folder for the results; a corrections.csv in it is honoured.",
        ),
        click.Option(
            ["--report/--no-report"], default=True, show_default=True, help="Write report.html.",
        ),
        click.Option(["--overlay"], is_flag=True, help="Write a video with the tracks drawn in."),
        click.Option(["--csv"], is_flag=True, help="Write tracks.csv beside tracks.parquet."),
        click.Option(
            ["--unblind"], is_flag=True, help="Show groups in the study's page, table and figures.",
        ),
        click.Option(
            ["--factor"], default="", metavar="COLUMN",
            help="Column of the animal sheet that the study's page compares; the one that was "
            "frozen, or else group.",
        ),
    ]  # fmt: skip


def ways() -> list[click.Parameter]:
    """How it is done, and told."""
    return [
        click.Option(
            ["--check"], is_flag=True,
            help="Look first: one page with four frames of each video, in a second or two each.",
        ),
        click.Option(
            ["--jobs", "-j"], type=click.IntRange(1, 60), default=1, show_default=True,
            help="Recordings at once; each keeps about two processor cores busy.",
        ),
        click.Option(["--profile"], is_flag=True, help="Say where the time went."),
        click.Option(
            ["--json", "as_json"], is_flag=True, help="Say how it went as JSON, for scripts.",
        ),
    ]  # fmt: skip


def reading() -> list[click.Parameter]:
    """What some formats of pictures ask for, because their files do not say it."""
    return [
        click.Option(
            ["--pages"], type=click.Choice(["t", "z"]),
            help="What the pages of a TIFF file are: frames in time, or planes of a volume.",
        ),
        click.Option(
            ["--series"], metavar="WHICH",
            help="Which series of a DICOM folder, or array of a TIFF file.",
        ),
        click.Option(["--image"], metavar="PATH", help="Which image inside of a Zarr folder."),
    ]  # fmt: skip


def untold(*, files: bool = False) -> list[click.Parameter]:
    """What files of pictures may not say, or say wrong.

    Parameters
    ----------
    files
        Whether the clock may be a file with the times of the frames.
    """
    clock = "Frames per second where the file does not say it, as 30fps"
    return [
        click.Option(
            ["--scale"], type=PixelSize(), metavar="SCALE",
            help="Size of a pixel where the file does not say it, as 0.65um/px, 2.3px/mm, or "
            "0.5x0.5x2um/px (x, y, z).",
        ),
        click.Option(
            ["--clock"], type=Clock() if files else Rate(), metavar="CLOCK" if files else "RATE",
            help=f"{clock}; or a file with the time of each frame." if files else f"{clock}.",
        ),
    ]  # fmt: skip


def asked_of_format(options: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of `reading`, as formats take it."""
    told = {key: options.get(key) for key in ("pages", "series", "image")}
    asked = {key: value for key, value in told.items() if value}
    if str(asked.get("series", "")).isdigit():
        asked["series"] = int(asked["series"])
    return asked


def typed_again(options: Mapping[str, Any]) -> list[str]:
    """What was given of `reading`, `untold` and `plane`, as words for a command line.

    Examples
    --------
    >>> typed_again({"pages": "z", "scale": (0.5,), "clock": 30.0})
    ['--pages', 'z', '--scale', '0.5mm/px', '--clock', '30fps']
    """
    words = [
        word
        for key in ("pages", "series", "image", "plane")
        if options.get(key)
        for word in (f"--{key}", options[key])
    ]
    if options["scale"]:
        words += ["--scale", "x".join(f"{length:.6g}" for length in options["scale"]) + "mm/px"]
    if options["clock"]:
        words += ["--clock", f"{options['clock']:.6g}fps"]
    return words
