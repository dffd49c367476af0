"""The films that a SLEAP file names: files of video, lists of pictures, or pictures in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Recording, Refusal, identity_of
from ethoframe.data.noun import Array
from ethoframe.formats._finding import opened
from ethoframe.formats._placed import numbered
from ethoframe.formats._stills import RATE_PER_S, recorded

OLD = 1.4
"""Files before this version do not say in which order they keep colours: it was blue first."""


@dataclass(frozen=True)
class Film:
    """A film, and which of its frames a file tells of.

    Parameters
    ----------
    recording
        With the frames; of a list of pictures, or pictures in the file, those only.
    numbers
        In the recording, of each frame that was asked for.
    origin
        Of the same in the film.
    name
        What the film is called.
    files
        Of each frame, where each has one of its own.
    """

    recording: Recording
    numbers: Array
    origin: Array
    name: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeptSource:
    """Pictures that are kept in the labels file itself.

    Parameters
    ----------
    path
        Absolute path of the file.
    dataset
        Where in it.
    turned
        Whether the colours are red first after decoding, which gives them blue first else.
    """

    path: str
    dataset: str
    turned: bool

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each picture ``(y, x, c)``.

        Raises
        ------
        Refusal
            When one cannot be decoded.
        """
        with needs("learn", "h5py").File(self.path, "r") as file:
            kept = file[self.dataset]
            for number in numbers:
                image = np.asarray(kept[number])
                if kept.ndim != 4:
                    image = self._decoded(number, image.view(np.uint8))
                yield int(number), image

    def _decoded(self, number: int, data: Array) -> Array:
        image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if len(data) else None
        if image is None:
            reason = f"picture {number} of {self.dataset} cannot be decoded"
            raise Refusal(self.path, reason, "export the file from SLEAP anew")
        if image.ndim == 2:
            return np.asarray(image[:, :, None])
        return np.asarray(image[..., :3] if self.turned else image[..., 2::-1])


def find(path: Path, video: Any, frames: Array) -> Film | None:
    """The film that a file of labels names, and these frames of it; None where it is missing.

    It is looked for where the file says, and beside the file by its name.

    Raises
    ------
    Refusal
        When it cannot be read, or has not so many frames.
    """
    told = video.backend_metadata
    if video.is_cropped:
        reason = f"it shows a part of {named(video)} only, by a crop"
        raise Refusal(path, reason, "save it from SLEAP with the film itself")
    if told.get("has_embedded_images") or "/" in str(told.get("dataset") or ""):
        return _kept(path, video, frames)
    if isinstance(video.filename, list):
        return _pictures(path, [str(each) for each in video.filename], frames)
    place = _place(path, str(video.filename))
    if place is None:
        return None
    recording = opened(place)
    _refuse_beyond(path, frames, len(recording), place.name)
    return Film(recording, frames, frames, place.stem)


def named(video: Any) -> str:
    """What the file calls a film."""
    source = video.source_video or video
    name = source.filename
    return str(name[0] if isinstance(name, list) else name).replace("\\", "/")


def _place(path: Path, written: str) -> Path | None:
    """Where a file is: as written, seen from the labels, or beside them."""
    pure = PurePosixPath(written.replace("\\", "/"))
    places = (Path(written), path.parent / pure, path.parent / pure.name)
    return next((each for each in places if each.exists()), None)


def _pictures(path: Path, written: list[str], frames: Array) -> Film | None:
    _refuse_beyond(path, frames, len(written), "the list of pictures")
    wanted = [written[number] for number in frames]
    places = [_place(path, each) for each in wanted]
    found = [each for each in places if each]
    if len(found) < len(wanted) or not found:
        return None
    name = PurePosixPath(wanted[0].replace("\\", "/")).parent.name or path.stem
    recording = recorded(found, name, whole=True)
    return Film(recording, np.arange(len(found)), numbered(wanted), name, tuple(wanted))


def _kept(path: Path, video: Any, frames: Array) -> Film:
    told, name = video.backend_metadata, PurePosixPath(named(video)).stem
    place = path if told.get("filename", ".") == "." else _place(path, str(told["filename"]))
    if place is None:
        reason = f"its pictures are in {told['filename']}, which is missing"
        raise Refusal(path, reason, "put that file beside it")
    dataset = str(told["dataset"])
    with needs("learn", "h5py").File(place, "r") as file:
        if dataset not in file:
            raise Refusal(path, f"its pictures {dataset} are missing", "export it anew")
        kept = file[dataset]
        order = kept.attrs.get("channel_order")
        if order is None:
            order = "BGR" if float(file["metadata"].attrs["format_id"]) < OLD else "RGB"
        count = len(kept)
        beside = f"{dataset.rpartition('/')[0]}/frame_numbers"
        known = file[beside][...].astype(np.int64) if beside in file else np.arange(count)
    lost = np.setdiff1d(frames, known)
    if len(lost):
        reason = f"{len(lost)} labelled frames have no picture in it, the first {lost[0]}"
        raise Refusal(path, reason, "export it from SLEAP with all user-labelled frames")
    source = KeptSource(str(place.absolute()), dataset, str(order) == "BGR")
    order_kept = np.argsort(known)
    numbers = order_kept[np.searchsorted(known[order_kept], frames)]
    return Film(_recording(source, name, count, place), numbers, frames, name)


def _recording(source: KeptSource, name: str, count: int, place: Path) -> Recording:
    _, first = next(iter(source.images([0])))
    channels = ("luma",) if first.shape[2] == 1 else ("red", "green", "blue")
    return Recording(
        name,
        source,
        np.arange(count) / RATE_PER_S,
        first.shape[:2],
        first.dtype,
        f"{identity_of(place)} {source.dataset}",
        channels,
        8 * first.itemsize,
        np.arange(count),
        facts={"container": "pictures in a SLEAP file", "frames found": count, "rate": "assumed"},
    )


def _refuse_beyond(path: Path, frames: Array, count: int, name: str) -> None:
    if len(frames) and frames.max() >= count:
        reason = f"it tells of frame {frames.max()}, and {name} has {count}"
        raise Refusal(path, reason, "put the film beside it that it is of")
