"""Labels and tracks as SLEAP files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Labelled, Labels, Refusal, Skeleton, Tracks
from ethoframe.data.labels import ABSENT, VISIBLE
from ethoframe.data.noun import Array
from ethoframe.formats._stills import ImageSource, write_png
from ethoframe.formats._writing import complete
from ethoframe.formats.sleap.said import ANIMAL

DIGITS = 4
"""Of the number of a frame in the name of its picture, at least."""


def write(labels: Labels, path: Path) -> tuple[str, ...]:
    """The labels as user instances that open in SLEAP.

    Films that are files of video or pictures are named, not copied. Frames of any other recording
    are written as PNG into a folder beside the file, ``<name>.images``.

    Parameters
    ----------
    labels
        `Tracks` in px.
    path
        Ends in ``.slp``; a file that is there is replaced.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When these are no keypoints in px, sleap-io is not installed, or it cannot be written.

    Examples
    --------
    >>> write(Labels(()), Path("labels.slp"))
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: labels.slp: a SLEAP file holds keypoints in px; name other labels
    """  # noqa: E501
    path = Path(path)
    parts = [(part, part.said) for part in labels.parts if isinstance(part.said, Tracks)]
    if not len(labels) or len(parts) < len(labels.parts) or any(s.unit != "px" for _, s in parts):
        raise Refusal(path, "a SLEAP file holds keypoints in px", "name other labels")
    said = [each for _, each in parts]
    skeleton = _whole(labels.skeleton, said)
    file = _Making(skeleton, said)
    for part, each in parts:
        video, numbers = _video(path, part, file.sleap_io)
        for t, number in enumerate(numbers):
            instances = [
                file.sleap_io.Instance.from_numpy(places, file.skeleton, track)
                for places, _, track in file.individuals(each, t)
            ]
            file.add(video, number, instances)
    file.save(path)
    return tuple(_notes(labels, said))


def write_tracks(
    tracks: Tracks, path: Path, video: Path, *, skeleton: Skeleton | None = None
) -> tuple[str, ...]:
    """The tracks as predicted instances that open in SLEAP, to be proofread there.

    Parameters
    ----------
    tracks
        In px.
    path
        Ends in ``.slp``; a file that is there is replaced.
    video
        The film they are of; it is named in the file, and not looked at.
    skeleton
        For edges and symmetries; keypoints are those of the tracks.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When the tracks are not in px, sleap-io is not installed, or it cannot be written.

    Examples
    --------
    >>> tracks = Tracks.of(np.array([[5.0, 9.0]]), np.zeros(1))
    >>> import tempfile
    >>> write_tracks(tracks, Path(tempfile.mkdtemp()) / "film.slp", Path("film.mp4"))
    ()
    """
    path = Path(path)
    if tracks.unit != "px":
        reason = f"the tracks are in {tracks.unit}, and a SLEAP file holds px"
        raise Refusal(path, reason, "name those in px")
    file = _Making(_whole(skeleton, [tracks]), [tracks])
    film = file.sleap_io.Video(filename=str(Path(video).absolute()), open_backend=False)
    for t, number in enumerate(tracks.numbers.tolist()):
        instances = [
            file.sleap_io.PredictedInstance.from_numpy(
                places, file.skeleton, sure, float(sure[sure > 0].mean()), track
            )
            for places, sure, track in file.individuals(tracks, t)
        ]
        if instances:
            file.add(film, number, instances)
    file.save(path)
    lost = f"features of individuals are not kept: {', '.join(tracks.features)}"
    return (lost,) if tracks.features else ()


class _Making:
    """A SLEAP file that is being made."""

    def __init__(self, skeleton: Skeleton, said: Sequence[Tracks]) -> None:
        self.sleap_io = needs("learn", "sleap_io")
        self.names = skeleton.keypoints
        self.skeleton = _skeleton(self.sleap_io, skeleton)
        who = dict.fromkeys(name for each in said for name in each.individuals)
        alone = tuple(who) == (ANIMAL,)
        self.tracks = {} if alone else {name: self.sleap_io.Track(name) for name in who}
        self.frames: list[Any] = []

    def individuals(self, said: Tracks, t: int) -> Iterator[tuple[Array, Array, Any]]:
        """Places ``(keypoint, 2)``, confidence and track of each that is seen in a frame."""
        own = {name: k for k, name in enumerate(said.keypoints)}
        order = np.array([own.get(name, -1) for name in self.names])
        for i, name in enumerate(said.individuals):
            places, sure = said.position[t, :, :, i].T, said.confidence[t, :, i]
            sure = np.where(order >= 0, sure[order], ABSENT)
            seen = (sure > ABSENT)[:, None]
            if seen.any():
                yield np.where(seen, places[order], np.nan), sure, self.tracks.get(name)

    def add(self, video: Any, number: int, instances: list[Any]) -> None:
        """A frame; one without instances was said to show nothing."""
        frame = self.sleap_io.LabeledFrame(
            video=video, frame_idx=int(number), instances=instances, is_negative=not instances
        )
        self.frames.append(frame)

    def save(self, path: Path) -> None:
        """Write all frames."""
        file = self.sleap_io.Labels(
            labeled_frames=self.frames, skeletons=[self.skeleton], tracks=[*self.tracks.values()]
        )
        with complete(path) as partial:
            self.sleap_io.save_slp(file, str(partial), embed=False, verbose=False)


def _whole(skeleton: Skeleton | None, said: Sequence[Tracks]) -> Skeleton:
    """The skeleton, with every keypoint of what was said."""
    names = tuple(dict.fromkeys(name for each in said for name in each.keypoints))
    if skeleton is None:
        return Skeleton.of(names)
    keypoints = tuple(dict.fromkeys([*skeleton.keypoints, *names]))
    return Skeleton(keypoints, skeleton.edges, skeleton.mirrored)


def _skeleton(sleap_io: Any, skeleton: Skeleton) -> Any:
    nodes = {name: sleap_io.Node(name) for name in skeleton.keypoints}
    edges = [sleap_io.Edge(nodes[one], nodes[other]) for one, other in skeleton.edges]
    pairs = [sleap_io.Symmetry([nodes[one], nodes[other]]) for one, other in skeleton.mirrored]
    return sleap_io.Skeleton([*nodes.values()], edges, pairs, name="skeleton")


def _video(path: Path, part: Labelled, sleap_io: Any) -> tuple[Any, list[int]]:
    """The film as SLEAP names it, and the number in it of each labelled frame."""
    source, numbers = part.recording.source, part.said.numbers.tolist()  # type: ignore[union-attr]
    kind, size = type(source).__name__, [*part.recording.picture, len(part.recording.channels)]
    if kind == "VideoSource" and hasattr(source, "path"):
        metadata = {"type": "MediaVideo", "shape": [len(part.recording), *size]}
        metadata["filename"] = source.path
        return sleap_io.Video(source.path, None, metadata, None, False), numbers
    if isinstance(source, ImageSource):
        places = list(source.paths)
    else:
        places, numbers = _pictures(path, part), list(range(len(numbers)))
    metadata = {"type": "ImageVideo", "shape": [len(places), *size]}
    metadata |= {"filename": places[0], "filenames": places}
    return sleap_io.Video(places, None, metadata, None, False), numbers


def _pictures(path: Path, part: Labelled) -> list[str]:
    """Labelled frames as PNG, in a folder beside the file."""
    folder = path.absolute().with_suffix(".images") / (part.film.replace("/", "_") or "film")
    folder.mkdir(parents=True, exist_ok=True)
    digits = max([DIGITS, *(len(str(each)) for each in part.origin.tolist())])
    places = []
    for number, origin in zip(part.said.numbers, part.origin, strict=True):  # type: ignore[union-attr]
        place = folder / f"img{origin:0{digits}d}.png"
        write_png(place, part.recording, int(number))
        places.append(str(place))
    return places


def _notes(labels: Labels, said: Sequence[Tracks]) -> list[str]:
    sure = np.concatenate([each.confidence.ravel() for each in said])
    hidden = int(((sure > ABSENT) & (sure < VISIBLE)).sum())
    notes = [f"that {hidden} keypoints are hidden is not kept"] if hidden else []
    for names in ("author", "subject"):
        known = sorted({getattr(part, names) for part in labels.parts} - {""})
        notes += [f"{names}s are not kept: {', '.join(known)}"] if known else []
    return notes
