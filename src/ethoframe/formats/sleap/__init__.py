"""SLEAP: labels that people placed, and tracks, in ``.slp`` files; tracks in its exports.

Exports for analysis are ``.h5`` files, known by their datasets, and ``.csv`` files, known by their
heading. They hold one film each, and no labels.

References
----------
Pereira et al., Nature Methods 19 (2022), 486-495.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ethoframe.data import Labels, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats.sleap.exported import exported, is_export
from ethoframe.formats.sleap.said import labelled
from ethoframe.formats.sleap.tracked import tracked
from ethoframe.formats.sleap.write import write, write_tracks

__all__ = ["SUFFIXES", "knows", "read", "read_tracks", "tracks_in", "write", "write_tracks"]

SUFFIXES = (".slp", ".h5", ".csv")

OWN = SUFFIXES[0]
"""How the names of files end that are SLEAP's alone, and hold labels."""


def knows(path: Path) -> bool:
    """Whether it is a SLEAP file of labels, by its name: exports hold tracks only.

    Examples
    --------
    >>> knows(Path("film.analysis.h5"))
    False
    """
    return path.name.lower().endswith(OWN)


def read(path: Path, *, missing: Literal["refuse", "skip"] = "refuse") -> Labels:
    """The keypoints that people placed: user instances; what a network predicted is left out.

    Each film is one part. Pixels come from the film, which is looked for where the file says and
    beside the file, or from pictures that the file holds. Of a film that is a file of video,
    numbers are those of its frames; of pictures, of those that are labelled. Individuals are the
    tracks; instances without one follow in no order that says who they are. A keypoint that is not
    visible is absent. A frame marked as showing nothing has every keypoint absent.

    Parameters
    ----------
    path
        Of a ``.slp`` file.
    missing
        What to do about labels whose film is not there: ``"refuse"``, or ``"skip"`` them, with a
        warning.

    Returns
    -------
    Labels
        In px, with the edges and symmetries of the skeleton; where it has no symmetries, left and
        right are told by names. ``warnings`` tell of labels off their picture, which are left out,
        of keypoints that nobody placed anywhere, and of pictures without any label.

    Raises
    ------
    Refusal
        When sleap-io is not installed, the file is damaged or nothing is labelled in it, a film is
        missing, there are several skeletons, or an individual is labelled twice in a frame.

    Examples
    --------
    >>> read(Path("labels.slp"))
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: labels.slp: there is no such file; check its name and folder
    """
    path = Path(path)
    if missing not in ("refuse", "skip"):
        raise Refusal(path, f"missing={missing!r} says nothing", "say refuse or skip")
    return labelled(path, skip=missing == "skip")


def tracks_in(path: Path) -> bool:
    """Whether it is a SLEAP file, by its name, or one of its exports, by what is in it."""
    if not path.is_file() or not path.name.lower().endswith(SUFFIXES):
        return False
    return knows(path) or is_export(path)


def read_tracks(
    path: Path,
    *,
    film: str | None = None,
    rate: float | None = None,
    times_s: Array | None = None,
) -> Tracks:
    """The tracks of one film: proofread instances, and predicted ones where nobody corrected them.

    Parameters
    ----------
    path
        Of a ``.slp`` file, or of an export for analysis (``.h5`` or ``.csv``).
    film
        The name of its film without folder and ending, where a ``.slp`` file has several.
    rate
        Frames per second.
    times_s
        Seconds of each frame of the film. Where neither is given, the film of a ``.slp`` file is
        looked for, and its own clock taken; of an export one of them must be given.

    Returns
    -------
    Tracks
        In px, from the first frame with an instance to the last; NaN and confidence 0 where an
        individual was not seen; of a ``.h5`` export, every frame that it has. Confidence is 1 where
        a person placed a keypoint, else the network's score, no more than 1.

    Raises
    ------
    Refusal
        When sleap-io (of an ``.h5`` export h5py) is not installed, the file is damaged or holds
        nothing, there is no clock, there are several films and none is named, or several instances
        of a frame have no track.

    Examples
    --------
    >>> read_tracks(Path("tracks.slp"), rate=30)
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: tracks.slp: there is no such file; check its name and folder
    """
    path = Path(path)
    if path.name.lower().endswith(SUFFIXES[1:]):
        return exported(path, rate, times_s)
    return tracked(path, film, rate, times_s)
