"""Tracks in a SLEAP file."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._clock import clocked
from ethoframe.formats.sleap.films import find, named
from ethoframe.formats.sleap.said import frames_of, opened_file, points_of, skeleton_of, who_in


def tracked(path: Path, film: str | None, rate: float | None, times_s: Array | None) -> Tracks:
    """The tracks of one film, as `read_tracks` of the format says."""
    file = opened_file(path)
    video = _chosen(path, file, film)
    found = {int(each.frame_idx): _shown(each) for each in frames_of(path, file, video)}
    frames = {number: shown for number, shown in found.items() if shown}
    if not frames:
        raise Refusal(path, "it holds no instance", "track its film with SLEAP first")
    _refuse_nameless(path, frames)
    numbers = np.arange(min(frames), max(frames) + 1)
    skeleton = skeleton_of(path, [each for shown in frames.values() for each in shown], file)
    who = who_in(path, list(frames.values()), file.tracks)
    shape = len(numbers), 2, len(skeleton.keypoints), len(who.names)
    position, confidence = np.full(shape, np.nan), np.zeros((shape[0], *shape[2:]))
    for number, shown in frames.items():
        t = number - numbers[0]
        for i, instance in who.pairs(path, number, shown):
            places, confidence[t, :, i] = points_of(instance)
            position[t, :, :, i] = places.T
    if rate is None and times_s is None:
        times_s = _own_clock(path, video, numbers[-1:])
    seconds = clocked(path, numbers, rate, times_s)
    return Tracks(position, confidence, numbers, seconds, skeleton.keypoints, who.names)


def _own_clock(path: Path, video: Any, last: Array) -> Array | None:
    """Seconds of the film's frames, where it is there and has a clock, as pictures have not."""
    found = find(path, video, last)
    if found is None or found.recording.facts.get("rate") == "assumed":
        return None
    return found.recording.times_s


def _chosen(path: Path, file: Any, film: str | None) -> Any:
    names = [PurePosixPath(named(video)).stem for video in file.videos]
    if film is None and len(names) == 1:
        return file.videos[0]
    if film is None or names.count(film) != 1:
        told = ", ".join(names) or "none"
        reason = f"it holds {len(names)} films" + (f", and none called {film}" if film else "")
        raise Refusal(path, reason, f"name one by film=: {told}")
    return file.videos[names.index(film)]


def _shown(frame: Any) -> list[Any]:
    """Instances that a person placed, and predicted ones that nobody placed anew."""
    return [*frame.user_instances, *frame.unused_predictions]


def _refuse_nameless(path: Path, frames: dict[int, list[Any]]) -> None:
    """Refuses several instances that no track tells apart: who is who is not known."""
    for number, shown in frames.items():
        loose = sum(each.track is None for each in shown)
        if loose > 1:
            reason = f"{loose} instances of frame {number} have no track"
            raise Refusal(path, reason, "track them in SLEAP, or read it as labels")
