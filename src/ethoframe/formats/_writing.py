"""Writing recordings piece by piece, so that no half file is ever seen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ethoframe.data import Recording, Refusal, Window
from ethoframe.data.noun import Array

PIECE_BYTES = 64 * 2**20
"""Of a volume that is held at a time, where a plane is not larger."""

Tell = Callable[[int, int], None]
"""Takes how many frames or planes are done, of how many."""


@contextmanager
def complete(path: Path) -> Iterator[Path]:
    """A name beside the path for a file or folder, which takes its place once all went well.

    Raises
    ------
    Refusal
        When the folder is missing or may not be written, or the disk is full.
    """
    # The end of the name stays: some libraries tell the format by it.
    partial = path.with_name(f".{os.getpid()}.partial.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        _take_place(partial, path)
    except OSError as error:
        reason = f"it cannot be written ({error.strerror or error})"
        raise Refusal(path, reason, "name a folder that you may write, with space left") from None
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


def _take_place(partial: Path, path: Path) -> None:
    """Moves a file or folder to where one may be already; a folder that is there goes last."""
    if not path.is_dir() or path.is_symlink():
        partial.replace(path)
        return
    old = path.with_name(f".{os.getpid()}.old.{path.name}")
    path.replace(old)
    try:
        partial.replace(path)
    except OSError:
        old.replace(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


@dataclass(frozen=True)
class Piece:
    """Some planes of a frame.

    Parameters
    ----------
    number
        Of the frame.
    front
        The first of the planes.
    pixels
        ``(z, y, x, c)``; a picture is one plane.
    """

    number: int
    front: int
    pixels: Array


def pieces(recording: Recording, tell: Tell | None = None, depth: int = 0) -> Iterator[Piece]:
    """All of a recording in order, some planes of one frame at a time.

    Parameters
    ----------
    recording
        What is read.
    tell
        Is told how many planes are done, of how many.
    depth
        Planes of each piece but the last of a frame; as many as memory allows when 0.

    Raises
    ------
    Refusal
        When a frame of it cannot be decoded.
    """
    planes = recording.size[0] if len(recording.size) == 3 else 1
    depth = depth or planes_at_once(recording)
    done, total = 0, planes * len(recording)
    if depth >= planes:
        for number, image in _frames(recording):
            done += planes
            yield Piece(number, 0, image if image.ndim == 4 else image[None])
            if tell:
                tell(done, total)
        return
    for number in range(len(recording)):
        for front, image in _slabs(recording, number, depth):
            done += len(image)
            yield Piece(number, front, image)
            if tell:
                tell(done, total)


def _slabs(recording: Recording, number: int, depth: int) -> Iterator[tuple[int, Array]]:
    """First plane and values of parts of a volume, in order."""
    own = getattr(recording.source, "slabs", None)
    if own is not None:
        yield from own(number, recording.size, depth)
        return
    planes, height, width = recording.size
    if not hasattr(recording.source, "cropped"):  # it would make the whole for every part
        for _, image in _frames(recording, range(number, number + 1)):
            for front in range(0, planes, depth):
                yield front, image[front : front + depth]
        return
    for front in range(0, planes, depth):
        window = Window(0, 0, height, width, front, min(depth, planes - front))
        for _, image in _frames(recording.cropped(window), range(number, number + 1)):
            yield front, image


def planes_at_once(recording: Recording) -> int:
    """How many planes of a volume are held at a time."""
    plane = recording.frame_bytes // (recording.size[0] if len(recording.size) == 3 else 1)
    return max(1, PIECE_BYTES // max(1, plane))


def refuse_empty(path: Path, recording: Recording) -> None:
    """Refuses a recording without frames or pixels: there is nothing to write."""
    if len(recording) == 0 or 0 in recording.size:
        raise Refusal(path, f"{recording.name} holds no pixels to write", "name another recording")


def _frames(recording: Recording, numbers: range | None = None) -> Iterator[tuple[int, Array]]:
    """Frames in order, none missing."""
    numbers = range(len(recording)) if numbers is None else numbers
    expected = numbers.start
    for number, image in recording.source.images(numbers):
        if number != expected:
            break
        yield number, image
        expected += 1
    if expected != numbers.stop:
        reason = f"frame {expected} cannot be decoded"
        raise Refusal(recording.name, reason, "copy it again from where it was recorded")
