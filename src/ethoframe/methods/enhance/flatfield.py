"""The picture as if light had fallen evenly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.enhance._gaussian import steps
from ethoframe.methods.enhance._pictures import real
from ethoframe.methods.enhance._shading import shading

SHARE = 0.25  # of the shorter side: detail larger than that is light
FAINTEST = 1e-3  # of the field's mean: where less light falls nothing can be made of it


@dataclass(frozen=True)
class Flatfield(FrameMethod):
    """The frames with uneven light divided out (or taken away).

    With a *field*, the picture of an even surface or the answer of ``summarise/illumination``, each
    frame is (frame − dark) / (field − dark), times the mean of field − dark: the level stays what
    it is where light is as bright as on average. *dark* is a picture without light; without it,
    *dark_level* is taken.

    Without a field, each frame's own light is estimated: the frame smoothed by a Gaussian of
    *sigma_px*, or of a quarter of the shorter side. Where things as large as that differ in level,
    they are taken for light; a field is better where one can be had. The answer is scaled so that
    the mean of frame − dark is kept exactly, frame by frame and channel by channel.

    *divide* is for light, and for sensors that differ in gain. *subtract* takes the field less its
    mean away instead, which suits a haze that adds to what is seen.

    Single precision. Frames may be pictures or volumes; the Gaussian is as wide in mm along every
    axis. A field has one channel, or as many as the recording. NaN stays, and is left out of
    means; where the field is not brighter than dark by a thousandth of its mean, the answer is NaN.

    References
    ----------
    Young, Curr. Protoc. Cytom. 14 (2000), 2.11.1-2.11.12.

    Examples
    --------
    >>> light = np.linspace(0.5, 1.5, 11)[None, None, :, None]
    >>> seen = Recording.of(np.repeat(100 * light, 5, axis=1)).frames([0])
    >>> field = Frames(np.repeat(light, 5, axis=1), np.zeros(1), np.zeros(1))
    >>> even = Flatfield().apply(seen, field=field).pixels
    >>> round(float(even.min()), 3), round(float(even.max()), 3)
    (100.0, 100.0)
    """

    by: str = parameter(
        "divide", says="what uneven light does to levels", choices=("divide", "subtract")
    )
    sigma_px: float = parameter(
        0.0,
        unit="px",
        says="without a field: deviation of the Gaussian; 0 for a quarter of the shorter side",
        low=0.0,
    )
    dark_level: float = parameter(0.0, unit="level", says="level without any light")

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "field": In(Kind.IMAGE, optional=True, volumes=True),
        "dark": In(Kind.IMAGE, optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.RECORDING
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """As many pixels in single precision; refuses a field of another size."""
        seen = real(specs["recording"], self.name())
        for name in ("field", "dark"):
            if name in specs:
                _check(self.name(), name, real(specs[name], self.name()), seen)
        return replace(seen, dtype="float32")

    def reach(self, spec: Spec) -> Reach:
        """Everything: means are kept."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> Frames:
        """Every frame in even light."""
        dark = self._dark(side.get("dark"))
        field = side.get("field")
        light = None if field is None else _one(field) - dark
        pixels = np.empty(batch.pixels.shape, np.float32)
        for before, after in zip(batch.pixels, pixels, strict=True):
            seen = before.astype(np.float32) - dark
            if light is not None:
                after[...] = self._under(seen, light)
            else:
                for c in range(seen.shape[-1]):
                    after[..., c] = self._by_itself(seen[..., c], batch)
        return replace(batch, pixels=pixels)

    def _dark(self, dark: Frames | None) -> Any:
        return np.float32(self.dark_level) if dark is None else _one(dark)

    def _under(self, seen: Array, light: Array) -> Array:
        """A frame in even light; both are above dark, with channels last."""
        axes = tuple(range(light.ndim - 1))
        mean = _mean(light, axes)
        if self.by == "subtract":
            evened: Array = seen - (light - mean)
            return evened
        lit = (light > FAINTEST * mean) & (mean > 0)
        even = np.full(np.broadcast_shapes(seen.shape, light.shape), np.nan, np.float32)
        np.divide(seen * mean, light, out=even, where=lit)
        return even

    def _by_itself(self, seen: Array, batch: Frames) -> Array:
        """One channel of a frame, above dark, in the even light of its own mean."""
        step = steps(batch.spacing_mm, seen.ndim)
        shorter = min(n * h for n, h in zip(seen.shape[-2:], step[-2:], strict=True))
        light = shading(seen, self.sigma_px or SHARE * shorter, step)[..., None]
        even = self._under(seen[..., None], light)[..., 0]
        wanted, is_now = (float(_mean(each, None)) for each in (seen, even))
        if self.by == "subtract":
            return even + np.float32(np.nan_to_num(wanted - is_now))
        return even * np.float32(wanted / is_now if is_now > 0 else 1)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Squares under a lamp that stands on the left, and a picture of the bare table."""
        random = np.random.default_rng(8)
        light = 1.4 - np.arange(48) / 60 + np.arange(36)[:, None] / 90
        table = np.full((9, 36, 48), 60.0)
        table[:, 8:14, 6:14] = table[:, 20:26, 34:40] = 130
        seen = np.clip(table * light + random.normal(0, 2, table.shape), 0, 255)
        film = Recording.of(seen[..., None].astype(np.uint8))
        bare = (60 * light).astype(np.float32)[None, ..., None]
        return {"recording": film, "field": Frames(bare, np.zeros(1, np.int64), np.zeros(1))}


def _check(who: str, name: str, given: Spec, seen: Spec) -> None:
    """Refuses a side picture that does not lie on the recording's pixels."""
    if given.size != seen.size:
        both = [" × ".join(map(str, each)) for each in (given.size, seen.size)]
        reason = f"{name} has {both[0]} pixels, and the recording {both[1]}"
        raise Refusal(who, reason, "take it with the same camera, uncropped")
    channels, wanted = given.shape[-1], seen.shape[-1]
    if channels not in (1, wanted):
        reason = f"{name} has {channels} channels, and the recording {wanted}"
        raise Refusal(who, reason, "give it one channel, or as many as the recording has")
    if given.shape[0] == 0:
        raise Refusal(who, f"{name} has no picture", "give one")


def _one(image: Frames) -> Array:
    """The mean of the pictures ``([z,] y, x, c)`` in single precision."""
    mean: Array = image.pixels.astype(np.float64).mean(axis=0).astype(np.float32)
    return mean


def _mean(levels: Array, axes: tuple[int, ...] | None) -> Array:
    """The mean of what is finite; NaN where nothing is."""
    known = np.isfinite(levels)
    count = known.sum(axis=axes)
    total = np.where(known, levels, 0).sum(axis=axes, dtype=np.float64)
    mean = np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)
    return np.asarray(mean, np.float32)
