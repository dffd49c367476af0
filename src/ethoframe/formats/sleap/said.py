"""What people placed in a SLEAP file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Labelled, Labels, Refusal, Skeleton
from ethoframe.data.noun import Array
from ethoframe.formats._placed import placed, unsaid, within
from ethoframe.formats.sleap.films import Film, find, named

ANIMAL = "animal"
"""What an individual is called that has no track."""


def opened_file(path: Path) -> Any:
    """The file as sleap-io gives it; no film is opened.

    Raises
    ------
    Refusal
        When it is missing or damaged, or sleap-io is not installed.
    """
    if not path.is_file():
        raise Refusal(path, "there is no such file", "check its name and folder")
    sleap_io = needs("learn", "sleap_io")
    try:
        return sleap_io.load_slp(str(path), open_videos=False)
    except (OSError, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        told = " ".join(str(error).split())[:200]
        raise Refusal(path, f"is no file of SLEAP ({told})", "save it from SLEAP anew") from None


def labelled(path: Path, *, skip: bool) -> Labels:
    """What people placed, one part for each film; of missing ones it is told or refused."""
    file = opened_file(path)
    frames = [each for each in file if each.user_instances or each.is_negative]
    if not frames:
        reason = "nobody placed a keypoint in it"
        raise Refusal(path, reason, "label frames in SLEAP, or read it as tracks")
    skeleton = skeleton_of(path, [each for frame in frames for each in frame.user_instances], file)
    lines: list[str] = []
    parts = []
    for video in file.videos:
        own = frames_of(path, frames, video)
        if not own:
            continue
        found = find(path, video, np.array([each.frame_idx for each in own], np.int64))
        if found is None:
            lines.append(_missing(path, video, len(own), skip=skip))
            continue
        part, told = _part(path, found, own, skeleton, file.tracks)
        parts.append(part)
        lines += [f"{found.name}: {line}" for line in told]
    if not parts:
        _missing(path, file.videos[0], len(frames), skip=False)
    lines += unsaid(parts, skeleton.keypoints)
    return Labels(tuple(parts), skeleton, tuple(lines))


def frames_of(path: Path, frames: Iterable[Any], video: Any) -> list[Any]:
    """Those of a film, in order.

    Raises
    ------
    Refusal
        When a frame is there twice.
    """
    found: dict[int, Any] = {}
    for each in frames:
        if each.video is video and found.setdefault(int(each.frame_idx), each) is not each:
            reason = f"frame {each.frame_idx} of {named(video)} is there twice"
            raise Refusal(path, reason, "leave the right one in SLEAP")
    return [found[number] for number in sorted(found)]


def _missing(path: Path, video: Any, count: int, *, skip: bool) -> str:
    told = f"{named(video)} is missing, of which {count} frames are labelled"
    if skip:
        return f"{told}: they are left out"
    raise Refusal(path, told, "put the film beside the file, or leave it out: missing=skip")


def _part(
    path: Path, film: Film, frames: list[Any], skeleton: Skeleton, tracks: list[Any]
) -> tuple[Labelled, list[str]]:
    who = who_in(path, [each.user_instances for each in frames], tracks)
    places = np.full((len(frames), 2, len(skeleton.keypoints), len(who.names)), np.nan)
    for t, frame in enumerate(frames):
        for i, instance in who.pairs(path, frame.frame_idx, frame.user_instances):
            places[t, :, :, i] = instance.numpy().T
    called = [f"frame {number}" for number in film.origin]
    places, lines = within(places, film.recording.picture, skeleton.keypoints, called)
    # Recordings are read in ascending order: so are labels of them told.
    order = np.argsort(film.numbers)
    numbers = film.numbers[order]
    times_s = film.recording.times_s[numbers]
    said = placed(places[order], skeleton.keypoints, who.names, numbers, times_s)
    files = tuple(film.files[i] for i in order) if film.files else ()
    return Labelled(film.recording, said, files, film.origin[order], film.name), lines


class Who(NamedTuple):
    """Names of individuals: those of tracks, and others for instances that have none."""

    tracked: tuple[str, ...]
    loose: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, in order."""
        return (*self.tracked, *self.loose) or (ANIMAL,)

    def pairs(self, path: Path, number: int, instances: Sequence[Any]) -> list[tuple[int, Any]]:
        """The instances of a frame, each with the place of its individual in `names`.

        Raises
        ------
        Refusal
            When two are of one track.
        """
        free = iter(range(len(self.tracked), len(self.names)))
        pairs: dict[int, Any] = {}
        for each in instances:
            at = next(free) if each.track is None else self.tracked.index(str(each.track.name))
            if at in pairs:
                reason = f"{each.track.name} is there twice in frame {number}"
                raise Refusal(path, reason, "leave the right one in SLEAP")
            pairs[at] = each
        return list(pairs.items())


def who_in(path: Path, frames: Sequence[list[Any]], tracks: Sequence[Any]) -> Who:
    """The individuals in frames: tracks in order, and as many as a frame has without one.

    Raises
    ------
    Refusal
        When two tracks have one name.
    """
    used = {id(each.track) for frame in frames for each in frame if each.track is not None}
    names = tuple(str(track.name) for track in tracks if id(track) in used)
    if len(set(names)) < len(names):
        raise Refusal(path, "two tracks have the same name", "name them apart in SLEAP")
    count = max((sum(each.track is None for each in frame) for frame in frames), default=0)
    called = [ANIMAL] if count == 1 else [f"{ANIMAL} {number + 1}" for number in range(count)]
    return Who(names, tuple(f"{name} without track" if name in names else name for name in called))


def skeleton_of(path: Path, instances: Sequence[Any], file: Any) -> Skeleton:
    """The one skeleton of the instances, with its edges and symmetries.

    Raises
    ------
    Refusal
        When there are several, or none.
    """
    used = {id(each.skeleton): each.skeleton for each in instances}
    found = list(used.values()) or list(file.skeletons)
    if len(found) != 1:
        reason = f"it holds {len(found) or 'no'} skeletons"
        raise Refusal(path, reason, "leave instances of one skeleton in a file")
    keypoints = tuple(map(str, found[0].node_names))
    edges = tuple((str(each.source.name), str(each.destination.name)) for each in found[0].edges)
    by_name = Skeleton.of(keypoints, edges)
    pairs = [sorted(str(node.name) for node in each.nodes) for each in found[0].symmetries]
    if not pairs:
        return by_name
    turned = {tuple(sorted(pair)): pair for pair in by_name.mirrored}
    ordered = [turned.get((one, other), (one, other)) for one, other in pairs]
    return Skeleton(keypoints, edges, tuple(sorted(ordered, key=lambda e: keypoints.index(e[0]))))


def points_of(instance: Any) -> tuple[Array, Array]:
    """Places ``(keypoint, 2)`` of an instance, and how sure they are; NaN and 0 where absent."""
    places = instance.numpy()
    seen = np.isfinite(places).all(axis=1)
    named = instance.points.dtype.names or ()
    sure = np.asarray(instance.points["score"]) if "score" in named else np.ones(len(places))
    places = np.where(seen[:, None], places, np.nan)
    return places, np.where(seen, np.clip(np.nan_to_num(sure), 0.0, 1.0), 0.0)
