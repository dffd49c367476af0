"""How well two masks agree: by their area, and by how far apart their outlines are.

Areas: Dice, intersection over union (IoU), similarity of volume. Outlines: Hausdorff distance, its
95th percentile, mean and median distance of surfaces, in mm where the pixel size is known.

The rule for nothing. Where both masks are empty there was nothing to find, and nothing was found:
Dice, IoU and similarity of volume are 1 and distances 0, and the row says ``absent``; so every
method has the same number of rows. Where one of them is empty, Dice, IoU and similarity are 0 and
every distance is the diagonal of the picture, farther than any two pixels are apart: a missed
object never improves a score. The same holds of a picture that was not answered at all, whatever
is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data import LabelMap, Refusal
from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import Estimate, estimate, mean

MOST = 95
"""Percentile of the robust Hausdorff distance."""

AREAS = ("dice", "iou", "volume_similarity")
DISTANCES = ("hausdorff", "hausdorff_95", "surface_distance_mean", "surface_distance_median")


@dataclass(frozen=True)
class MaskScore:
    """One mask of an answer beside the true one.

    Parameters
    ----------
    dice, iou, volume_similarity
        From 0 to 1.
    hausdorff, hausdorff_95, surface_distance_mean, surface_distance_median
        In mm where the pixel size is known, and else in px.
    unit
        Of distances: ``"mm"`` or ``"px"``.
    truth_size, answer_size
        Pixels in each.
    answered
        Whether there was an answer, be it an empty one.
    name, label, frame
        The picture, the label in it and the frame number, which the caller fills in.
    """

    dice: float
    iou: float
    volume_similarity: float
    hausdorff: float
    hausdorff_95: float
    surface_distance_mean: float
    surface_distance_median: float
    unit: str
    truth_size: int
    answer_size: int
    answered: bool = True
    name: str = ""
    label: str = ""
    frame: int = 0

    @property
    def absent(self) -> bool:
        """Whether there was nothing to find, and nothing was found."""
        return self.answered and self.truth_size == 0 and self.answer_size == 0

    @property
    def missed(self) -> bool:
        """Whether there was something to find, and nothing was found."""
        return not self.answered or (self.truth_size > 0 and self.answer_size == 0)


def mask_score(answer: Array, truth: Array, spacing_mm: Sequence[float] | None = None) -> MaskScore:
    """Scores of one mask.

    Outlines are the pixels of a mask with a neighbour across a face (4 in a picture, 6 in a volume)
    outside of it; what is beyond the border of the picture is outside. Distances go from the centre
    of each pixel of one outline to that of the nearest of the other. The Hausdorff distance is the
    largest of them either way; the 95 % one is the larger of the 95th percentiles of both ways, not
    that of all distances together; mean and median are those of all distances together.

    Parameters
    ----------
    answer, truth
        Masks ``([z,] y, x)``: where they are not 0.
    spacing_mm
        Distance between pixel centres, in the order of the axes; distances are in px without it.

    Raises
    ------
    ValueError
        When their shapes differ.

    References
    ----------
    Dice, Ecology 26 (1945), 297-302. Huttenlocher et al., IEEE Trans. Pattern Anal. Mach. Intell.
    15 (1993), 850-863. Taha & Hanbury, BMC Medical Imaging 15 (2015), 29 (similarity of volume).
    Maier-Hein et al., Nature Methods 21 (2024), 195-212, and Reinke et al., ibid., 182-194
    (definitions, and what an empty mask does to them).

    Examples
    --------
    >>> truth = np.zeros((8, 8), bool)
    >>> truth[2:6, 2:6] = True
    >>> moved = mask_score(np.roll(truth, 1, axis=1), truth, (0.5, 0.5))
    >>> moved.dice, moved.hausdorff, moved.unit
    (0.75, 0.5, 'mm')
    """
    if answer.shape != truth.shape:
        raise ValueError(f"masks of one size are needed, not {answer.shape} and {truth.shape}")
    spacing = np.ones(truth.ndim) if spacing_mm is None else np.asarray(spacing_mm, np.float64)
    unit = "px" if spacing_mm is None else "mm"
    window = _window(answer, truth)
    a, b = answer[window] != 0, truth[window] != 0
    sizes = int(np.count_nonzero(b)), int(np.count_nonzero(a))
    if 0 in sizes:
        return _of_nothing(sizes, float(np.linalg.norm(np.array(truth.shape) * spacing)), unit)
    shared, total = int(np.count_nonzero(a & b)), sum(sizes)
    there, back = _ways(a, b, spacing)
    both = np.concatenate([there, back])
    return MaskScore(
        2 * shared / total,
        shared / (total - shared),
        1 - abs(sizes[0] - sizes[1]) / total,
        float(both.max()),
        float(max(np.percentile(there, MOST), np.percentile(back, MOST))),
        float(both.mean()),
        float(np.median(both)),
        unit,
        *sizes,
    )


def _of_nothing(sizes: tuple[int, int], diagonal: float, unit: str) -> MaskScore:
    alike = float(sizes == (0, 0))
    far = 0.0 if alike else diagonal
    return MaskScore(alike, alike, alike, far, far, far, far, unit, *sizes)


def mask_scores(
    answer: LabelMap, truth: LabelMap, labels: Sequence[int] = (), name: str = ""
) -> Iterator[MaskScore]:
    """Scores of every label in every frame of the truth; a frame without an answer is all missed.

    Parameters
    ----------
    answer, truth
        Labels that mean the same in both. Frames belong together by their numbers; the pixel size
        is that of the truth, or else of the answer.
    labels
        Those that are scored; all that either of them holds when left out.
    name
        Of the picture or recording.

    Raises
    ------
    Refusal
        When the pictures differ in size.
    """
    require_same_size(answer, truth, name)
    spacing = truth.spacing_mm or answer.spacing_mm
    labels = labels or tuple(sorted({*labels_in(answer), *labels_in(truth)}))
    nothing = np.zeros(truth.size, bool)
    for number, true, found in side_by_side(answer, truth):
        for label in labels:
            called = truth.names.get(label) or answer.names.get(label) or str(label)
            about = {"name": name, "label": called, "frame": number}
            inside = true == label
            if found is None:
                # Every pixel beside none is as wrong as can be, even where none is true.
                worst = vars(mask_score(nothing, ~nothing, spacing))
                held = {"truth_size": int(np.count_nonzero(inside)), "answered": False}
                yield MaskScore(**{**worst, **held, **about})
            else:
                yield MaskScore(**{**vars(mask_score(found == label, inside, spacing)), **about})


def side_by_side(answer: LabelMap, truth: LabelMap) -> Iterator[tuple[int, Array, Array | None]]:
    """Number, true labels ``([z,] y, x)`` and those of the answer, or None, of each true frame."""
    answered = {int(number): k for k, number in enumerate(answer.numbers)}
    for k, number in enumerate(truth.numbers.tolist()):
        at = answered.get(number)
        found = None if at is None else answer.take(slice(at, at + 1)).dense()[0]
        yield number, truth.take(slice(k, k + 1)).dense()[0], found


def labels_in(noun: LabelMap) -> list[int]:
    """Every label of a label map but the background, in rising order."""
    found = {int(label) for patch in noun.patches for label in np.unique(patch.labels)}
    return sorted(found - {0})


def require_same_size(answer: LabelMap, truth: LabelMap, name: str = "") -> None:
    """Refuses an answer whose pictures are of another size than those of the truth."""
    if answer.size != truth.size:
        sides = (" × ".join(map(str, noun.size)) for noun in (answer, truth))
        reason = "the answer is of {} pixels and the truth of {}".format(*sides)
        raise Refusal(name or "label maps", reason, "score them at the size they were drawn at")


def summary(rows: Sequence[MaskScore], whose: Sequence[str]) -> dict[str, dict[str, Estimate]]:
    """Each score, of each label and of ``all``, as the mean over rows with its interval.

    Of a recording the mean is over its frames; `whose` says which rows are drawn together.
    """
    names = list(dict.fromkeys(row.label for row in rows))
    told = {}
    for name in [*names, "all"] if len(names) != 1 else ["all"]:
        kept = [k for k, row in enumerate(rows) if name in ("all", row.label)]
        told[name] = {
            what: estimate(
                [getattr(rows[k], what) for k in kept], mean, whose=[whose[k] for k in kept]
            )
            for what in (*AREAS, *DISTANCES)
        }
    return told


def outline(mask: Array) -> Array:
    """Pixels of a mask with a neighbour across a face outside of it, as a mask.

    Examples
    --------
    >>> outline(np.ones((3, 4), bool)).astype(int)
    array([[1, 1, 1, 1],
           [1, 0, 0, 1],
           [1, 1, 1, 1]])
    """
    inside = np.pad(mask, 1)
    core = mask.copy()
    for axis in range(mask.ndim):
        for step in (0, 2):
            where = [slice(1, -1)] * mask.ndim
            where[axis] = slice(step, step + mask.shape[axis])
            core &= inside[tuple(where)]
    edge: Array = mask & ~core
    return edge


def _ways(a: Array, b: Array, spacing: Array) -> tuple[Array, Array]:
    """Distances from each outline to the nearest point of the other."""
    from scipy.spatial import KDTree

    # Outlines are few of the pixels: a tree of them is quicker than distances of all pixels.
    points = [np.argwhere(outline(mask)) * spacing for mask in (a, b)]
    trees = [KDTree(each, balanced_tree=False, compact_nodes=False) for each in points]
    return trees[1].query(points[0])[0], trees[0].query(points[1])[0]


def _window(a: Array, b: Array) -> tuple[slice, ...]:
    """The smallest box that holds both masks."""
    both = (a != 0) | (b != 0)
    window = []
    for axis in range(both.ndim):
        along = np.flatnonzero(both.any(axis=tuple(k for k in range(both.ndim) if k != axis)))
        window.append(slice(int(along[0]), int(along[-1]) + 1) if along.size else slice(0))
    return tuple(window)
