"""DeepLabCut: projects of labelled pictures, and what its networks say of films.

A project is a folder with ``config.yaml`` and ``labeled-data/<film>/``, in which pictures lie
beside a table ``CollectedData_<scorer>`` (``.csv`` and ``.h5``). What a network says of a film is a
table with likelihoods (``<film>DLC_….h5`` or ``.csv``). No pickle is loaded: not those beside such
tables, nor those inside of HDF5 files.

References
----------
Mathis et al., Nature Neuroscience 21 (2018), 1281-1289; Lauer et al., Nature Methods 19 (2022),
496-504.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Literal

from ethoframe.data import Labels, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats.dlc.collected import collected
from ethoframe.formats.dlc.grid import LEVELS
from ethoframe.formats.dlc.hdf import foreign
from ethoframe.formats.dlc.output import predicted, written
from ethoframe.formats.dlc.project import CONFIG, FOLDER, TABLE, find
from ethoframe.formats.dlc.write import write

__all__ = [
    "FOLDER_MARKS",
    "SIGNATURES",
    "SUFFIXES",
    "knows",
    "read",
    "read_tracks",
    "tracks_in",
    "write",
    "write_tracks",
]

SUFFIXES = (".csv", ".h5", "config.yaml")

SIGNATURES = ((0, b"scorer,"), (0, b"\xef\xbb\xbfscorer,"), (0, b"\x89HDF\r\n"))

FOLDER_MARKS = ("labeled-data/", "collecteddata_*.csv", "collecteddata_*.h5")


def knows(path: Path) -> bool:
    """Whether what is at a path looks like labels of DeepLabCut, and like no other's.

    Examples
    --------
    >>> knows(Path("labels.slp"))
    False
    """
    if path.is_dir():
        inside = [path, *(path / FOLDER).glob("*/")]
        return any(next(each.glob(f"{TABLE}*"), None) for each in inside)
    if path.name == CONFIG:
        return (path.parent / FOLDER).is_dir()
    if not path.is_file() or not path.name.lower().endswith(SUFFIXES):
        return False
    with path.open("rb") as file:
        head = file.read(16)
    return any(head[at : at + len(mark)] == mark for at, mark in SIGNATURES)


def tracks_in(path: Path) -> bool:
    """Whether a table looks like what a network said of a film, by its name and beginning."""
    if not path.is_file() or path.name == CONFIG or not knows(path):
        return False
    if path.suffix.lower() != ".csv":
        return not path.name.startswith(TABLE) and not foreign(path)
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return any("likelihood" in line for line in islice(file, max(LEVELS)))


def read_tracks(path: Path, *, rate: float | None = None, times_s: Array | None = None) -> Tracks:
    r"""The tracks in a DeepLabCut output (``.h5`` or ``.csv``; filtered; of one animal or several).

    Parameters
    ----------
    path
        Of a table with a row for each frame, and x, y and likelihood of each keypoint.
    rate
        Frames per second, for such a table has no clock.
    times_s
        Seconds of each frame of the film, as its recording has them; better than a rate.

    Returns
    -------
    Tracks
        In px; confidence is the likelihood, 0 where there is no position. Keypoints that a picture
        has once belong to an individual called ``single``.

    Raises
    ------
    Refusal
        When there is no clock, the film is shorter than the table, or it is no such table.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "filmDLC_resnet50.csv"
    >>> table = "scorer,N,N,N\nbodyparts,nose,nose,nose\ncoords,x,y,likelihood\n0,5,9,0.75\n"
    >>> _ = path.write_text(table)
    >>> tracks = read_tracks(path, rate=30)
    >>> tracks.at("nose"), tracks.confidence[0, 0, 0].item()
    (array([[5., 9.]]), 0.75)
    """
    return predicted(Path(path), rate, times_s)


def write_tracks(tracks: Tracks, path: Path, *, scorer: str = "ethoframe") -> tuple[str, ...]:
    r"""The tracks as a table that DeepLabCut, and what reads its output, opens.

    Parameters
    ----------
    tracks
        In px. Of an individual called ``animal`` alone it is a table of one animal.
    path
        Ends in ``.csv`` or ``.h5``; a file that is there is replaced.
    scorer
        Who placed them, for the first line.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When the tracks are not in px, h5py is needed and not installed, or it cannot be written.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> tracks = Tracks.of(np.array([[5.0, 9.0], [np.nan, np.nan]]), np.array([0.0, 0.1]), "nose")
    >>> path = Path(tempfile.mkdtemp()) / "film.csv"
    >>> write_tracks(tracks, path)
    ('the clock is not kept: such a table numbers frames',)
    >>> read_tracks(path, rate=10) == tracks
    True
    """
    return written(Path(path), tracks, scorer)


def read(
    path: Path, *, scorer: str | None = None, missing: Literal["refuse", "skip"] = "refuse"
) -> Labels:
    r"""The keypoints that people placed in a DeepLabCut project, or in one folder or table of it.

    Each film's folder is one part: `Tracks` whose numbers are those of its labelled pictures, in
    natural order of their names, all of one size; a folder with several sizes is a part for each.
    ``origin`` is the number in the name of a picture. A picture whose row is empty was said to hold
    nothing. A picture that cannot be decoded is refused once its pixels are wanted.

    Parameters
    ----------
    path
        A project, its ``config.yaml``, a folder of pictures with their table, or a table.
    scorer
        Whose labels, where several people's are there; by default those of the project's scorer.
    missing
        What to do about labels of pictures that are not there: ``"refuse"``, or ``"skip"`` them,
        with a warning.

    Returns
    -------
    Labels
        In px. ``warnings`` tell of labels off their picture, which are left out, of keypoints that
        nobody placed anywhere, of pictures without any label, and of columns that the project does
        not name, which are left out too.

    Raises
    ------
    Refusal
        When there are no labels, pictures are missing, two rows say different things of one
        picture, a cell is no number, or a table is damaged.

    Examples
    --------
    >>> import cv2, tempfile, numpy as np
    >>> folder = Path(tempfile.mkdtemp()) / "day1"
    >>> folder.mkdir()
    >>> _ = cv2.imwrite(str(folder / "img7.png"), np.zeros((40, 60), np.uint8))
    >>> heading = "scorer,A,A\nbodyparts,nose,nose\ncoords,x,y\n"
    >>> table = heading + "labeled-data/day1/img7.png,5,9\n"
    >>> _ = (folder / "CollectedData_A.csv").write_text(table)
    >>> part, = read(folder).parts
    >>> part.said.at("nose"), part.origin, part.author
    (array([[5., 9.]]), array([7]), 'A')
    """
    path = Path(path)
    if missing not in ("refuse", "skip"):
        raise Refusal(path, f"missing={missing!r} says nothing", "say refuse or skip")
    if not path.exists():
        raise Refusal(path, "there is no such file", "check its name and folder")
    return collected(find(path, scorer), skip=missing == "skip")
