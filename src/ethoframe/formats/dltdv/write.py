"""``xypts.csv`` of what several cameras saw, for DLTdv and Argus."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._writing import complete
from ethoframe.formats.dltdv.pixels import Corner, Origin

UNKEPT = (
    "the clock and confidences are not kept: unsure places are written, unless clean/gate was first"
)


def points(tracks: Tracks) -> tuple[tuple[str, str], ...]:
    """Individual and keypoint of each point, in the order in which they are counted from 1.

    Examples
    --------
    >>> points(Tracks.of(np.zeros((1, 2)), np.zeros(1), "nose"))
    (('animal', 'nose'),)
    """
    return tuple((who, name) for who in tracks.individuals for name in tracks.keypoints)


def frames(cameras: Iterable[Tracks]) -> int:
    """How many rows the table needs: frames that were left out have one too.

    Examples
    --------
    >>> frames(Tracks.of(np.zeros((n, 2)), np.arange(float(n))) for n in (3, 0))
    3
    """
    return max((int(each.numbers.max()) + 1 for each in cameras if len(each)), default=0)


def write_tracks(
    cameras: Mapping[str, Tracks],
    path: Path,
    heights: Sequence[int] = (),
    *,
    origin: Origin = "lower",
) -> tuple[str, ...]:
    r"""What each camera saw, as one table of DLTdv.

    Every place is written, however sure it is; frames keep their numbers.

    Parameters
    ----------
    cameras
        Tracks in px by the name of their file, in the order of the calibration. All of the same
        keypoints and individuals; a single individual may have another name in each.
    path
        A file that is there is replaced.
    heights
        Of the pictures in px, of each camera, or one for all; where places count from the upper
        left they may be left out.
    origin
        From which corner of the left side places count.

    Returns
    -------
    tuple of str
        What could not be kept or looks wrong, one line each.

    Raises
    ------
    Refusal
        When tracks are not in px, a camera lacks a keypoint or an individual that another has,
        heights are missing or not as many, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> seen = Tracks.of(np.array([[5.0, 9.0], [np.nan, np.nan]]), np.array([0.0, 0.1]), "nose")
    >>> path = Path(tempfile.mkdtemp()) / "xypts.csv"
    >>> notes = write_tracks({"a.csv": seen}, path, [100])
    >>> path.read_text().split()
    ['pt1_cam1_X,pt1_cam1_Y', '6.0,91.0', 'NaN,NaN']
    """
    corners = _corners(path, len(cameras), heights, origin)
    first = next(iter(cameras))
    for name, tracks in cameras.items():
        _refuse_other(name, tracks, first, cameras[first])
    rows = frames(cameras.values())
    order = points(cameras[first])
    # (frame, point, camera, X and Y): flat, that is the order of the columns.
    table = np.full((rows, len(order), len(cameras), 2), np.nan)
    for at, (tracks, corner) in enumerate(zip(cameras.values(), corners, strict=True)):
        table[:, :, at][tracks.numbers] = _placed(tracks, cameras[first], corner)
    with complete(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_columns(len(order), len(cameras)))
        for row in table.reshape(rows, 2 * len(order) * len(cameras)).tolist():
            writer.writerow("NaN" if value != value else value for value in row)
    return (UNKEPT, *_notes(cameras, corners, rows))


def _corners(path: Path, count: int, heights: Sequence[int], origin: Origin) -> list[Corner]:
    """From where the places of each camera count."""
    if len(heights) not in (0, 1, count):
        reason = f"{count} cameras and {len(heights)} heights"
        raise Refusal(path, reason, "say --height once, or once for each camera in their order")
    told = [*heights] if len(heights) == count else [*(heights or (None,))] * count
    corners = [Corner(origin, height) for height in told]
    for corner in corners:
        corner.refuse_unknown(path, "say it in px, as --height 1024; for DLTdv8 --origin upper")
    return corners


def _columns(count: int, cameras: int) -> Iterator[str]:
    for point in range(1, count + 1):
        for camera in range(1, cameras + 1):
            yield from (f"pt{point}_cam{camera}_{axis}" for axis in "XY")


def _placed(tracks: Tracks, like: Tracks, corner: Corner) -> Array:
    """X and Y ``(time, point, 2)``, the points in the order of other tracks; both or none."""
    k = [tracks.keypoints.index(name) for name in like.keypoints]
    alone = len(tracks.individuals) == 1
    i = [0] if alone else [tracks.individuals.index(who) for who in like.individuals]
    position = tracks.position[:, :, k][..., i]
    places = position.transpose(0, 3, 2, 1).reshape(len(tracks), len(k) * len(i), 2)
    seen = np.isfinite(places).all(axis=2, keepdims=True)
    return np.asarray(np.where(seen, corner.theirs(places), np.nan))


def _refuse_other(name: str, tracks: Tracks, first: str, like: Tracks) -> None:
    """Refuses tracks that are not in px, or not of the same points as those of the first camera."""
    if tracks.unit != "px":
        reason = f"the tracks are in {tracks.unit}, and a camera's calibration asks for px"
        raise Refusal(name, reason, "name those in px")
    remedy = "give tracks of the same keypoints and individuals from every camera"
    pairs = [("keypoint", tracks.keypoints, like.keypoints)]
    if not len(tracks.individuals) == len(like.individuals) == 1:
        pairs.append(("individual", tracks.individuals, like.individuals))
    for what, own, others in pairs:
        for missing in sorted({*others} ^ {*own}):
            lacks, has = (name, first) if missing in others else (first, name)
            raise Refusal(lacks, f"it lacks the {what} {missing}, which {has} has", remedy)


def _notes(cameras: Mapping[str, Tracks], corners: Sequence[Corner], rows: int) -> Iterator[str]:
    for (name, tracks), corner in zip(cameras.items(), corners, strict=True):
        own = frames([tracks])
        if own < rows:
            yield f"{name} ends after {own} of {rows} frames: NaN from there on"
        if (height := corner.height) is None:
            continue
        below = int(np.sum(tracks.position[:, 1] > height - 0.5))
        if below:
            yield f"{name}: {below} places lie below a picture of {height} px; is that its height?"
