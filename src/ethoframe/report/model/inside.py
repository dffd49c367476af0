"""What a network looks at, what it has learned to see, and how its answers follow shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from ethoframe.contract import Training
from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.nets.network import CLASSES, Head
from ethoframe.report.figures.pixels import data_uri, shown
from ethoframe.report.model.answers import Answers, method_of
from ethoframe.report.model.judged import brief
from ethoframe.report.palette import BLUE, VERMILLION, heat_ramp
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.plain import plain_table
from ethoframe.report.wording import escaped, number

PICTURES = 3
"""Examples that are shifted, spread over those there are."""

MAPS, KERNELS = 8, 64
"""Maps of each size, and first kernels, that are shown at most."""

MOST_TARGETS = 4
"""Keypoints, classes or numbers whose reasons are shown."""

TOLD = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Shifts in px that have a row in the table."""

SHARPEST = ("heatmap", *CLASSES, "values", "mask", "inside", "density", "distance")
"""Heads that are explained: the first of these that a network has."""

WORDS: Mapping[str, str] = {
    "heatmap": "keypoints: distance from where they ought to be (px)",
    "visible": "whether keypoints are seen: change of probability",
    **dict.fromkeys(CLASSES, "classes: largest change of probability"),
    "values": "numbers: change, in the spread of what was taught",
    "mask": "mask: share of pixels that change their class",
    "inside": "inside of objects: share of pixels that change sides",
    "boundary": "borders of objects: share of pixels that change sides",
    "distance": "distance to the edge: mean change",
    "density": "count: change in objects",
}


_PERCENT = {"probability": ("%", 100.0), "share": ("%", 100.0)}


@dataclass(frozen=True)
class Inside:
    """A network in torch, and pictures as it is shown them.

    Parameters
    ----------
    net
        With its weights.
    pictures
        Each ``(c, [z,] y, x)``.
    apart
        Whether they are of frames that were kept apart.
    """

    net: Any
    pictures: tuple[Array, ...]
    apart: bool

    @classmethod
    def of(cls, seen: Answers) -> Inside:
        """The network of a model, and examples as it was taught by them.

        Raises
        ------
        Refusal
            When torch is not installed, or the lesson cannot be had again.
        """
        needs("learn", "torch")
        from ethoframe.nets.insight import taught

        training = Training(**seen.model.card["training"])
        lesson = method_of(seen.model).lesson(seen.labels, training)
        apart = len(lesson.validation) > 0
        held = lesson.validation if apart else lesson.train
        chosen = np.unique(np.linspace(0, len(held) - 1, PICTURES).round().astype(int))
        pictures = tuple(held.example(int(i), None)["picture"] for i in chosen)
        return cls(taught(seen.model), pictures, apart)


def inside_sections(seen: Answers) -> dict[str, str]:
    """Sections of the page by their title; one line that says why where they cannot be had."""
    try:
        inside = Inside.of(seen)
    except Refusal as refusal:
        return {"Inside the network": f'<p class="absent">Not shown: {escaped(refusal)}</p>'}
    return {
        "What it looks at": _reasons(inside, seen),
        "When the picture shifts": _followed(inside),
        "Inside the network": _maps(inside),
    }


def targets(head: Head, card: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Which channels of a head are explained, and what each is called."""
    known: Sequence[str] = ()
    if head.kind == "heatmap":
        known = card.get("skeleton", {}).get("keypoints", ())
    elif head.kind in CLASSES:
        known = card.get("classes", ())
    elif head.kind == "values":
        known = card.get("quantities", {}).get("names", ())
    elif head.kind == "mask":
        named = card.get("classes", {})
        known = ("background", *(named.values() if isinstance(named, Mapping) else named))
    first = 1 if head.kind == "mask" and head.channels > 1 else 0
    channels = range(first, min(head.channels, first + MOST_TARGETS))
    named = head.kind if head.channels == 1 else head.kind + " {}"
    return [(k, str(known[k]) if k < len(known) else named.format(k + 1)) for k in channels]


def _reasons(inside: Inside, seen: Answers) -> str:
    from ethoframe.nets.insight import agreement, covered, reasons

    kinds = {head.kind: head for head in seen.model.network.heads}
    kind = next((each for each in SHARPEST if each in kinds), "")
    if not kind:
        return ""
    picture = inside.pictures[len(inside.pictures) // 2]
    chosen = targets(kinds[kind], seen.model.card)
    lost = covered(inside.net, picture, kind, [channel for channel, _ in chosen])
    ground = _tones(picture)
    rows, agrees = [], []
    for (channel, name), loss in zip(chosen, lost, strict=True):
        found = _plane(reasons(inside.net, picture, kind, channel))
        agrees.append(agreement(found, loss))
        most = float(np.abs(loss).max()) or 1.0
        fine = cv2.resize(loss / most, ground.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        agreed = f"agreement {agrees[-1]:.2f}" if np.isfinite(agrees[-1]) else "no agreement known"
        rows.append(
            f'<figure class="duo"><div>{_image(_heated(ground, found), name)}'
            f"{_image(_heated(ground, np.clip(fine, 0, 1)), name)}</div>"
            f"<figcaption><b>{escaped(name)}</b> {agreed}</figcaption></figure>"
        )
    words = (
        "Left of each pair: gradient times input, averaged over noisy copies of the picture and "
        "smoothed; bright is what the answer depends on. Right: how much the answer loses when a "
        "square is covered by a blurred copy. Both ask the same in different ways; agreement is "
        "the rank correlation of both over squares, 1 where they name the same places. Bright "
        "places away from the thing itself are a warning: the network may have learned the cage, "
        "the light or the scale bar."
    )
    return f'<div class="duos">{"".join(rows)}</div><p class="rule">{escaped(words)}</p>'


def _followed(inside: Inside) -> str:
    from ethoframe.nets.equivariance import followed

    if inside.pictures[0].ndim != 3:
        return '<p class="absent">Volumes are not shifted.</p>'
    parts = []
    for each in followed(inside.net, inside.pictures):
        title = WORDS.get(each.kind, each.kind)
        unit, times = _PERCENT.get(each.unit, (each.unit, 1.0))
        chart = Chart(
            Scale(0.0, float(each.shifts_px.max()), "shift of the picture (px)"),
            Scale.over(times * np.concatenate([each.usual, each.mean]), unit, zero=True),
        )
        chart.line(each.shifts_px, times * each.usual, BLUE)
        chart.line(each.shifts_px, times * each.mean, VERMILLION)
        rows = [
            (
                number(step),
                brief(float(moved)),
                *(number(float(f"{times * value:.2g}")) for value in (usual, mean, worst)),
            )
            for step, moved, usual, mean, worst in zip(
                each.shifts_px, each.moved_px, each.usual, each.mean, each.worst, strict=True
            )
            if step in TOLD
        ]
        heads = ("shift (px)", "answer moves (px)", f"left ({unit}): median", "mean", "largest")
        parts.append(
            f'<div class="shift"><h3>{escaped(title)}</h3><div class="pair"><div>'
            f'<figure class="chart-box">{chart.svg(title)}<p class="legend">'
            f'<span class="key-line" style="--c:{BLUE}">median</span>'
            f'<span class="key-line" style="--c:{VERMILLION}">mean</span></p></figure></div>'
            f"<div>{plain_table(heads, rows)}</div></div></div>"
        )
    where = "kept apart" if inside.apart else "that were taught"
    words = (
        f"{len(inside.pictures)} pictures {where}, each shifted right and down by whole and half "
        "px of the network's picture; halves are interpolated. What is left is what remains of "
        "the answer's change once it is moved back: a perfect follower has 0. It bounds how "
        "steady answers can be when an animal moves by parts of a pixel. Where the mean is far "
        "above the median, single answers jump to another place."
    )
    return f'{"".join(parts)}<p class="rule">{escaped(words)}</p>'


def _maps(inside: Inside) -> str:
    from ethoframe.nets.insight import feature_maps, kernels, liveliest

    first = kernels(inside.net)
    picture = inside.pictures[len(inside.pictures) // 2]
    tiles = "".join(_kernel(each) for each in first[:KERNELS])
    shape = " × ".join(str(n) for n in first.shape[2:])
    parts = [
        f"<h3>First kernels</h3>"
        f'<p class="rule">{len(first)} of {shape} px, each in its own span: grey is 0.</p>'
        f'<div class="kernels">{tiles}</div>'
        f"<h3>What it makes of a picture</h3>"
        f'<div class="maps">{_image(_tones(picture), "what the network is shown")}</div>'
    ]
    for maps in feature_maps(inside.net, picture):
        flat = np.stack([_plane(each) for each in maps])
        size = " × ".join(str(n) for n in reversed(maps.shape[1:]))
        shown_maps = "".join(
            _image(_coloured(_spanned(each)), f"one of {len(maps)} maps")
            for each in liveliest(flat, MAPS)
        )
        parts.append(
            f'<p class="rule">{size} px, the liveliest of {len(maps)} maps:</p>'
            f'<div class="maps">{shown_maps}</div>'
        )
    return "".join(parts)


def _kernel(weight: Array) -> str:
    """A kernel ``(c, [z,] y, x)`` as a small picture: three channels in colours, else the mean."""
    flat = np.stack([_plane(each) for each in weight])
    most = float(np.abs(flat).max()) or 1.0
    tones = np.clip(127.5 + 127.5 * flat / most, 0, 255).astype(np.uint8)
    tile = np.moveaxis(tones, 0, -1) if len(tones) == 3 else tones.mean(axis=0).astype(np.uint8)
    large = cv2.resize(tile, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    return f'<img src="{data_uri(large, "png")}" alt="">'


def _image(tones: Array, words: str) -> str:
    return f'<img src="{data_uri(tones)}" alt="{escaped(words)}" title="{escaped(words)}">'


def _tones(picture: Array) -> Array:
    """A network's picture ``(c, [z,] y, x)`` for the eye, grey or in colours."""
    planes = np.stack([_plane(each) for each in picture])
    whole = np.moveaxis(planes, 0, -1) if len(planes) == 3 else planes[0]
    return shown(whole, *_span(whole))


def _span(picture: Array) -> tuple[float, float]:
    known = picture[np.isfinite(picture)]
    if not known.size:
        return 0.0, 1.0
    dark, bright = np.percentile(known, [0.1, 99.9])
    return float(dark), float(max(bright, dark + 1e-6))


def _spanned(field: Array) -> Array:
    dark, bright = _span(field)
    return np.clip((field - dark) / (bright - dark), 0, 1)


def _plane(field: Array) -> Array:
    """A plane ``(y, x)`` as it is; of space the middle one."""
    return field[len(field) // 2] if field.ndim == 3 else field


def _coloured(field: Array) -> Array:
    """Numbers from 0 to 1 as RGB; small maps enlarged, so that places are seen as squares."""
    colours = (255 * heat_ramp(256)).round().astype(np.uint8)
    tones = colours[(255 * np.clip(field, 0, 1)).round().astype(np.uint8)]
    larger = max(1, 96 // max(tones.shape[:2]))
    return cv2.resize(tones, None, fx=larger, fy=larger, interpolation=cv2.INTER_NEAREST)


def _heated(ground: Array, field: Array) -> Array:
    """A picture in grey with numbers from 0 to 1 over it: clear at 0, in colours where they are."""
    colours = (255 * heat_ramp(256)).round()
    grey = ground if ground.ndim == 2 else ground.mean(axis=2)
    share = np.clip(field, 0, 1) ** 0.5
    paint = colours[(255 * np.clip(field, 0, 1)).round().astype(int)]
    cover = 0.75 * share[..., None]
    return ((1 - cover) * grey[..., None] + cover * paint).round().astype(np.uint8)
