"""How right masks are: of classes of pixels, and of objects one by one."""

from __future__ import annotations

from functools import partial

import numpy as np

from ethoframe.data import LabelMap
from ethoframe.data.noun import Array
from ethoframe.report.model.answers import Answers, plane_of
from ethoframe.report.model.judged import ANSWERED, SAID, Figure, Judged, Plate, key_of
from ethoframe.report.picture.outline import borders, indexed_png
from ethoframe.report.wording import interval, number
from ethoframe.score import instances, masks
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.suspects import Suspect, far_off, twice

BOTH = "#ffffff"

LEAST = 0.1
"""A loss below it is nobody's mistake: the border of any mask is drawn by hand."""


POOR = 0.5
"""A median loss from which it has hardly learned anything."""


def judged(seen: Answers) -> Judged:
    """Overlap with intervals: of objects where the network tells them apart, else of classes."""
    heads = {head.kind for head in seen.model.network.heads}
    return _of_objects(seen) if "distance" in heads or "boundary" in heads else _of_classes(seen)


def _of_objects(seen: Answers) -> Judged:
    rows = [
        next(instances.instance_scores(_map(row.answer), _map(row.said), row.name))
        for row in seen.rows
    ]
    of = np.flatnonzero(seen.judged).tolist()
    told = instances.summary([rows[k] for k in of], _whose(seen))
    counts = np.array([abs(row.answer - row.truth) for row in rows], np.float64)
    loss = np.array([1 - row.f1 for row in rows])
    named = {
        "f1": ("F1", "objects that match, at IoU 0.5"),
        "ap": ("AP", "mean over IoU 0.5 to 0.95"),
        "pq": ("panoptic quality", "objects that match, times how well"),
        "merged": ("merged", "of true objects"),
        "split": ("split", "of true objects"),
        "missed": ("missed", "of true objects"),
        "extra": ("extra", "of answered objects"),
    }
    return Judged(
        tuple(Figure(named[k][0], told[k], "share", named[k][1]) for k in ("f1", "ap", "pq")),
        ("Figure", "value", "95 % interval", "what it is"),
        tuple((named[k][0], *_words(told[k]), named[k][1]) for k in named),
        _says(seen),
        loss,
        "1 − F1",
        tuple(
            f"F1 {row.f1:.2f}; {row.truth} objects said, {row.answer} answered, "
            f"{row.merged} merged, {row.split} split"
            for row in rows
        ),
        partial(_drawn, seen),
        _KEY,
        suspects=tuple(_suspects(seen, loss, counts)),
        poor=POOR,
    )


def _of_classes(seen: Answers) -> Judged:
    scored = [
        list(masks.mask_scores(_map(row.answer), _map(row.said), (), row.name)) for row in seen.rows
    ]
    of = np.flatnonzero(seen.judged).tolist()
    whose = [who for k, who in zip(of, _whose(seen), strict=True) for _ in scored[k]]
    told = masks.summary([each for k in of for each in scored[k]], whose)
    loss = np.array([_mean([1 - each.dice for each in every]) for every in scored])
    every = told.get("all", next(iter(told.values()), {}))
    figures = (
        ("dice", "Dice", "share", "overlap, mean over labels and frames"),
        ("iou", "IoU", "share", "shared over joined area"),
        ("hausdorff_95", "95 % Hausdorff", _unit(scored), "how far borders are apart"),
    )
    return Judged(
        tuple(Figure(name, every[k], u, says) for k, name, u, says in figures if k in every),
        ("Label", "Dice", "95 % interval", "IoU", "95 % interval"),
        tuple((name, *_words(each["dice"]), *_words(each["iou"])) for name, each in told.items()),
        _says(seen),
        loss,
        "1 − Dice",
        tuple(
            "; ".join(f"{each.label}: Dice {each.dice:.2f}" for each in every) or "nothing in it"
            for every in scored
        ),
        partial(_drawn, seen),
        _KEY,
        suspects=tuple(_suspects(seen, loss, None)),
        poor=POOR,
    )


_KEY = key_of(
    (
        ("line", SAID, "what people said"),
        ("line", ANSWERED, "what the model answers"),
        ("line", BOTH, "both"),
    )
)


def _suspects(seen: Answers, loss: Array, counts: Array | None) -> list[Suspect]:
    found = far_off(loss[:, None], ["the mask"], seen.apart, "of it", LEAST)
    if counts is not None:
        found += far_off(counts[:, None], ["the count"], seen.apart, "objects", 2.0)
    return [*found, *twice([row.content for row in seen.rows])]


def _drawn(seen: Answers, row: int) -> str:
    one = seen.rows[row]
    said, told = plane_of(_map(one.said)), plane_of(_map(one.answer))
    drawn = borders(said).astype(np.uint8) + 2 * borders(told).astype(np.uint8)
    overlay = indexed_png(drawn, (SAID, ANSWERED, BOTH))
    height, width = said.shape
    marks = (
        f'<image href="{overlay}" x="-0.5" y="-0.5" width="{width}" height="{height}" '
        'style="image-rendering:pixelated"/>'
    )
    return Plate(one.picture()).svg(marks, one.name)


def _map(noun: object) -> LabelMap:
    assert isinstance(noun, LabelMap)
    return noun


def _whose(seen: Answers) -> list[str]:
    """Who each judged row belongs to; each frame to itself where all are of one film."""
    films = [film for film, chosen in zip(seen.films, seen.judged, strict=True) if chosen]
    return films if len(set(films)) > 1 else [str(k) for k in range(len(films))]


def _says(seen: Answers) -> str:
    films = {film for film, chosen in zip(seen.films, seen.judged, strict=True) if chosen}
    if len(films) > 1:
        return f"intervals by recording or subject, of {len(films)}"
    return "all frames are of one recording: intervals by frame, which say nothing of others"


def _words(each: Estimate) -> tuple[str, str]:
    return number(each.value, each.low, each.high), interval(each.low, each.high)


def _unit(scored: list) -> str:
    return next((each.unit for every in scored for each in every), "px")


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
