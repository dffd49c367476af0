"""NWB (Neurodata Without Borders): tracks by the extension ndx-pose, episodes as time intervals.

A file is one session: one recording. Each individual's tracks are a ``PoseEstimation``; episodes
are one ``TimeIntervals`` table with label, individual, author and score in a row each, and what was
looked at is a table beside the tracks.

References
----------
Rübel et al., eLife 11 (2022), e78362; ndx-pose, github.com/rly/ndx-pose.
"""

from __future__ import annotations

from pathlib import Path

from ethoframe.data import Observations, Tracks
from ethoframe.formats.nwb import intervals, poses
from ethoframe.formats.nwb.write import Content, Session, write

__all__ = [
    "SUFFIXES",
    "Content",
    "Session",
    "observed_in",
    "read_observations",
    "read_tracks",
    "tracks_in",
    "write",
]

SUFFIXES = (".nwb",)


def tracks_in(path: Path) -> bool:
    """Whether it is an NWB file with poses in it."""
    return _is_file(path) and poses.held_in(path)


def observed_in(path: Path) -> bool:
    """Whether it is an NWB file with intervals that have labels, or are named for a behaviour."""
    return _is_file(path) and intervals.held_in(path)


def read_tracks(path: Path) -> Tracks:
    """The poses of every individual, as ethoframe, DeepLabCut, SLEAP or `movement` wrote them.

    An individual is a ``PoseEstimation``; one that is alone, and is not named for somebody, is the
    animal. Frames that not all of them have are NaN for the others. Frame numbers are those that
    times tell where their steps are alike, and count from 0 otherwise.

    Parameters
    ----------
    path
        Of the file.

    Returns
    -------
    Tracks
        In px, or in mm where positions are in metres.

    Raises
    ------
    Refusal
        When h5py is not installed, the file is damaged, there are no poses of two axes in it, or
        those of one individual differ in their times.
    """
    return poses.read(path)


def read_observations(path: Path) -> Observations:
    """The episodes of every author in the session.

    A table of intervals has a column label, behavior, behaviour or state, or else its name is the
    label; those of trials, epochs and invalid times count only with such a column.

    Parameters
    ----------
    path
        Of the file.

    Returns
    -------
    Observations
        The recording is called as the session, or else as the file. Where nobody says what was
        looked at it is from 0 s to the last end, with a warning.

    Raises
    ------
    Refusal
        When h5py is not installed, the file is damaged, or an interval stops before it starts.
    """
    return intervals.read(path)


def _is_file(path: Path) -> bool:
    return path.is_file() and path.name.lower().endswith(SUFFIXES)
