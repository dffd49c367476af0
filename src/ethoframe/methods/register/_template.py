"""An image that the frames of a recording are laid on, out of the frames themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.register._picture import Picture, pulled
from ethoframe.methods.register._refine import Fit, correlation, refined
from ethoframe.methods.register._shift import Still

RIM = 0.03  # of each side that is left out: detectors and scanners go wrong there
LEAST_RIM = 2  # pixels
ROUNDS = 8
STILL = 0.02  # pixels: where no frame moves by more, the image has come to rest


def framed(values: Array, step: Array) -> Picture:
    """A frame without its rim, which stays where it is when the scene moves."""
    picture = Picture.of(values, tuple(step))
    known = np.zeros(values.shape, bool)
    rims = [max(LEAST_RIM, int(np.ceil(RIM * n))) for n in values.shape]
    inner = tuple(slice(r, n - r) for r, n in zip(rims, values.shape, strict=True))
    known[inner] = True
    if picture.known is not None:
        known &= picture.known
    return replace(picture, known=known)


def varies(picture: Picture) -> bool:
    """Whether there is anything to see."""
    seen = picture.values[picture.known] if picture.known is not None else picture.values
    return bool(seen.size and float(seen.max()) > float(seen.min()))


def laid(still: Still, frame: Picture, model: str, blur: float) -> Fit:
    """The pull of a frame by this model: by a translation first, from all over."""
    fit = still.fit(frame)
    if model == "translation":
        return fit
    smooth = frame.smoothed(blur)
    rigid = refined(still.picture, smooth, fit.pull, "rigid")
    best = rigid if abs(rigid.correlation) >= abs(fit.correlation) else fit
    if model == "rigid":
        return best
    free = refined(still.picture, smooth, best.pull, model)
    return free if abs(free.correlation) >= abs(best.correlation) else best


def template(frames: list[Picture], model: str, blur: float) -> Picture:
    """The mean of frames laid on each other, where the first frame lies.

    Each frame is laid on the mean of the others: laid on a mean that it is part of, its own noise
    would hold it where it was.
    """
    shown = [frame for frame in frames if varies(frame)]
    if not shown:
        return frames[0]
    mean = _mean(shown, [np.eye(len(shown[0].size) + 1)] * len(shown))
    still = Still.of(_picture(mean, shown[0]), blur)
    pulls = [laid(still, frame, model, blur).pull for frame in shown]
    for _ in range(ROUNDS if len(shown) > 1 else 0):
        better = _apart(shown, pulls, model, blur)
        moved = max(float(np.abs(a - b)[:-1, -1].max()) for a, b in zip(pulls, better, strict=True))
        pulls = better
        if moved < STILL * float(shown[0].step.min()):
            break
    still = Still.of(_picture(_mean(shown, pulls), shown[0]), blur)
    back = np.linalg.inv(laid(still, shown[0], model, blur).pull)
    return _picture(_mean(shown, [pull @ back for pull in pulls]), shown[0])


def alike(still: Still, frame: Picture, pull: Array, blur: float) -> float:
    """Correlation of a frame with the image it is laid on, where it is seen."""
    return correlation(still.picture.values, *pulled(frame.smoothed(blur), pull, still.picture))


def _apart(frames: list[Picture], pulls: list[Array], model: str, blur: float) -> list[Array]:
    """Each frame laid on the mean of all others."""
    total, count = _sums(frames, pulls)
    better = []
    for frame, pull in zip(frames, pulls, strict=True):
        values, seen = pulled(frame, pull, _bare(frames[0]))
        rest = count - seen
        mean = np.where(rest > 0, (total - values * seen) / np.maximum(rest, 1), np.nan)
        others = _picture(mean, frames[0]).smoothed(blur)
        better.append(refined(others, frame.smoothed(blur), pull, model).pull)
    return better


def _mean(frames: list[Picture], pulls: list[Array]) -> Array:
    total, count = _sums(frames, pulls)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _sums(frames: list[Picture], pulls: list[Array]) -> tuple[Array, Array]:
    total = np.zeros(frames[0].size, np.float32)
    count = np.zeros(frames[0].size, np.float32)
    for frame, pull in zip(frames, pulls, strict=True):
        values, seen = pulled(frame, pull, _bare(frames[0]))
        total += values * seen
        count += seen
    return total, count


def _bare(frame: Picture) -> Picture:
    return replace(frame, known=None)


def _picture(values: Array, like: Picture) -> Picture:
    return Picture.of(values, tuple(like.step))
