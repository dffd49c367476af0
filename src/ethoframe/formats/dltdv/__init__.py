"""DLTdv and Argus: points that several cameras saw, and where these are in space.

``xypts.csv`` has one row for each frame and columns ``pt1_cam1_X``, ``pt1_cam1_Y``,
``pt1_cam2_X`` ...: the point is counted first, then the camera. Argus has ``nose_cam_1_x``.
``xyzpts.csv`` has ``pt1_X``, ``pt1_Y``, ``pt1_Z`` ..., in the unit of its calibration, which it
does not tell. NaN is not seen.

The centre of the first pixel is 1, 1, as in MATLAB. Argus, and DLTdv up to 7, count from the lower
left of the picture, DLTdv8 from the upper left; no file tells. Ours count from the upper left, and
the centre of the first pixel is 0, 0. So X = x + 1, and Y = height - y or y + 1.

References
----------
Hedrick, Bioinspiration & Biomimetics 3 (2008), 034001 (DLTdv); Jackson et al., Biology Open 5
(2016), 1334-1342 (Argus). Which program counts from where: the comments of DLTdv8a (``dlt_invert``)
and of Argus, and the read-me of DLCconverterDLT by an author of Argus.
"""

from __future__ import annotations

from pathlib import Path

from ethoframe.data import Tracks
from ethoframe.data.noun import Array
from ethoframe.formats.dltdv import seen, space
from ethoframe.formats.dltdv.pixels import Corner, Origin
from ethoframe.formats.dltdv.write import frames, points, write_tracks

__all__ = ["SUFFIXES", "Origin", "frames", "points", "read_tracks", "tracks_in", "write_tracks"]

SUFFIXES = (".csv",)


def tracks_in(path: Path) -> bool:
    """Whether a table has the columns of either, and no others."""
    if not path.is_file() or not path.name.lower().endswith(SUFFIXES):
        return False
    return seen.seen_in(path) or space.placed_in(path)


def read_tracks(
    path: Path,
    *,
    rate: float | None = None,
    times_s: Array | None = None,
    camera: int | None = None,
    height: int | None = None,
    origin: Origin = "lower",
    plane: str = "",
    scaled: bool = False,
) -> Tracks:
    r"""What one camera saw, or places in space along two axes.

    Parameters
    ----------
    path
        Of ``xypts.csv``, or of ``xyzpts.csv``.
    rate
        Frames per second, for such a table has no clock.
    times_s
        Seconds of each frame of the films; better than a rate.
    camera
        Which of them, from 1; the only one where that is left out.
    height
        Of its picture in px, where places count from the lower left.
    origin
        From which corner of the left side places count.
    plane
        Which two axes of space are kept, as ``"xy"``; the other is left out.
    scaled
        Whether places in space are taken in the unit of the calibration, which is called px, to be
        brought to mm afterwards.

    Returns
    -------
    Tracks
        In px, of one individual; confidence is 1 where a place is told. Keypoints are called as in
        the table.

    Raises
    ------
    Refusal
        When there is no clock, the camera, its height, the plane or the unit is not said, or it is
        no such table.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "xypts.csv"
    >>> _ = path.write_text("pt1_cam1_X,pt1_cam1_Y\n6.0,91.0\nNaN,NaN\n")
    >>> read_tracks(path, rate=100, height=100).at("pt1").tolist()
    [[5.0, 9.0], [nan, nan]]
    """
    path = Path(path)
    if space.placed_in(path):
        return space.placed(path, plane, scaled=scaled, rate=rate, times_s=times_s)
    corner = Corner(origin, height)
    return seen.by_camera(path, camera, corner, rate=rate, times_s=times_s)
