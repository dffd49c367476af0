"""``ethoframe write``: a recording, tracks or episodes in another format."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from ethoframe.apps import observed
from ethoframe.apps.options import asked_of_format, plane, reading, untold
from ethoframe.apps.progress import Progress
from ethoframe.apps.written import WRITERS, Cameras, of_cameras, tell_tracks
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.data import LabelMap, Recording
    from ethoframe.run.inputs import Reading

HELP = """Write a picture, volume or recording in another format, by the end of the name OUT.

Values, distances between pixels, where a volume lies, times and names of channels stay as they are.
What the format cannot keep is refused, or told on standard error. IN is read piece by piece, so it
may be larger than memory. OUT is replaced if it is there.

\b
  .tif .ome.tif    OME-TIFF
  .nii .nii.gz     NIfTI
  .zarr            OME-NGFF, with coarser levels
  .dcm             DICOM: a file, for a volume a folder of slices
  .png .bmp .jpg   one picture

Tracks are written as tracks: those of DeepLabCut, SLEAP, EthoVision ... in the format that OUT
tells, or --as.

\b
  .parquet .csv    a table of ours
  .h5 .csv         DeepLabCut (--as dlc)
  .nc              a dataset of movement
  .csv             points of several cameras for DLTdv and Argus (--as dltdv)

"""
HELP += observed.HELP


@click.command(
    "write", help=HELP, short_help="Write a recording, tracks or episodes in another format."
)
@click.argument("source", type=click.Path(path_type=Path), metavar="IN")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option(
    "--as",
    "program",
    type=click.Choice(sorted([*WRITERS, observed.EPISODES, observed.BORIS, observed.NWB])),
    help="Whose format of tracks or episodes: where the end of OUT is that of several.",
)
@click.option("--labels", is_flag=True, help="Its values are labels: one whole number per object.")
@click.option(
    "--version",
    type=click.Choice(["0.5", "0.4"]),
    help="Of OME-NGFF: 0.5 (Zarr 3, in shards) when left out, or 0.4 (Zarr 2).",
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def command(source: Path, out: Path, as_json: bool, **options: Any) -> None:
    """Write."""
    from ethoframe import formats
    from ethoframe.contract import Kind
    from ethoframe.run.inputs import Reading, noun_in

    asked = asked_of_format(options)
    known = Reading(options["scale"], options["clock"], options=asked, plane=options["plane"])
    if source.resolve() == out.resolve():
        raise Refusal(out, "it is what is read", "give the new file another name")
    if not options["labels"] and observed.meant(source, out, options["program"]):
        episodes = observed.Asked(source, out, options["program"], known, options)
        observed.tell(episodes, as_json=as_json)
        return
    if not options["labels"] and formats.is_tracks(source):
        cameras = Cameras(*(options[each] for each in ("others", "heights", "origin", "camera")))
        tell_tracks(source, out, options["program"], known, cameras, as_json=as_json)
        return
    progress = Progress()
    name = os.fspath(source)
    tell = partial(progress, name, "writing")
    try:
        if options["labels"]:
            recording, notes = _labels(source, out, known, tell)
        else:
            recording = cast("Recording", noun_in(source, Kind.RECORDING, known, source.name))
            extra = {"version": options["version"]} if options["version"] else {}
            notes = formats.write(recording, out, tell=tell, **extra)
    finally:
        progress.wipe()
    _say(source, out, recording, notes, as_json=as_json)


def _labels(
    source: Path, out: Path, known: Reading, tell: Any
) -> tuple[Recording, tuple[str, ...]]:
    """The label map of it, in the smallest whole numbers."""
    from ethoframe import formats
    from ethoframe.contract import Kind
    from ethoframe.formats import labels
    from ethoframe.run.inputs import noun_in

    found = cast("LabelMap", noun_in(source, Kind.LABELMAP, known))
    notes = formats.write_labels(found, out, tell=tell)
    return labels.as_recording(found, source.name), notes


def _say(
    source: Path, out: Path, recording: Recording, notes: tuple[str, ...], *, as_json: bool
) -> None:
    for line in recording.warnings:
        click.echo(f"ethoframe: {source}: {line}", err=True)
    for line in notes:
        click.echo(f"ethoframe: {out}: {line}", err=True)
    told = {
        "read": os.fspath(source),
        "written": os.fspath(out),
        "shape": [len(recording), *recording.size, len(recording.channels)],
        "axes": ["t", *"zyx"[-len(recording.size) :], "c"],
        "dtype": str(recording.dtype),
        "channels": list(recording.channels),
        "pixel_size_mm": recording.spacing_mm and list(recording.spacing_mm),
        "affine_lps_mm": None if recording.affine is None else recording.affine.tolist(),
        "warnings": list(recording.warnings),
        "not_kept": list(notes),
    }
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    sides = " × ".join(str(length) for length in reversed(recording.size))
    count = f"{len(recording)} frames of " if len(recording) > 1 else ""
    click.echo(f"{os.fspath(out)} holds {count}{sides} px, {recording.dtype}")


command.params[2:2] = [*reading(), *untold(), plane(), *of_cameras(), *observed.options()]
