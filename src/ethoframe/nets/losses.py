"""What is wrong with an answer, as one number for each kind of head.

Every loss is a mean over what is known: targets that are NaN are not known, and count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as f

Targets = Mapping[str, Tensor]

LONE = 0.03
"""About the sum of squares over the map of one object."""


def _heatmap(scores: Tensor, targets: Targets) -> Tensor:
    """Cross-entropy between where the map says a keypoint is and where it is.

    The map of each keypoint is one distribution over all places; a keypoint that is absent has a
    target of zeros, and teaches the map nothing.
    """
    wanted = targets["heatmap"].flatten(2)
    log_share = f.log_softmax(scores.flatten(2), dim=2)
    lost = -(torch.nan_to_num(wanted) * log_share).sum(dim=2)
    return _mean(lost, wanted.sum(dim=2) > 0)


def _offset(told: Tensor, targets: Targets) -> Tensor:
    """Distance, in places, between told and true offsets around each keypoint."""
    wanted = targets["offset"]
    known = ~torch.isnan(wanted)
    lost = f.smooth_l1_loss(told, torch.nan_to_num(wanted), reduction="none", beta=0.1)
    return _mean(lost, known)


def _visible(scores: Tensor, targets: Targets) -> Tensor:
    """Whether each keypoint is to be seen."""
    return _binary(scores, targets["visible"])


def _inside(scores: Tensor, targets: Targets) -> Tensor:
    """Whether each pixel lies in an object: per pixel, and over the area."""
    wanted = targets["inside"]
    return _binary(scores, wanted) + _overlap(torch.sigmoid(scores), wanted)


def _boundary(scores: Tensor, targets: Targets) -> Tensor:
    """Whether each pixel lies where an object ends."""
    return _binary(scores, targets["boundary"])


def _distance(told: Tensor, targets: Targets) -> Tensor:
    """Distance to the edge, in its own unit."""
    wanted = targets["distance"]
    known = ~torch.isnan(wanted)
    return _mean(f.smooth_l1_loss(told, torch.nan_to_num(wanted), reduction="none"), known)


def _size(told: Tensor, targets: Targets) -> Tensor:
    """How large objects are shown, where there are any."""
    wanted = targets["size"]
    known = ~torch.isnan(wanted)
    return _mean(f.smooth_l1_loss(told, torch.nan_to_num(wanted), reduction="none"), known)


def _mask(scores: Tensor, targets: Targets) -> Tensor:
    """Which class each pixel is of; -1 is not known. Overlap counts alike for rare classes."""
    wanted = torch.nan_to_num(targets["mask"], nan=-1).long()
    known = wanted >= 0
    lost = f.cross_entropy(scores, wanted.clamp(min=0), reduction="none", label_smoothing=0.0)
    share = torch.softmax(scores, dim=1) * known[:, None]
    each = f.one_hot(wanted.clamp(min=0), scores.shape[1]).movedim(-1, 1) * known[:, None]
    apart = [_overlap(share[:, k], each[:, k].to(share.dtype)) for k in range(1, scores.shape[1])]
    return _mean(lost, known) + torch.stack(apart).mean()


def _density(scores: Tensor, targets: Targets) -> Tensor:
    """Objects for each place, as a share of what there is to be told, and how many in all."""
    known = ~torch.isnan(targets["density"])
    wanted, told = torch.nan_to_num(targets["density"]), f.softplus(scores) * known
    counts, true = told.sum(dim=(1, 2, 3)), wanted.sum(dim=(1, 2, 3))
    there = (wanted**2).sum(dim=(1, 2, 3)).clamp(min=LONE)
    spots = ((told - wanted) ** 2).sum(dim=(1, 2, 3)) / there
    lost = spots + (counts - true).abs() / (true + 1.0)
    return _mean(lost, known.any(dim=(1, 2, 3)))


def _classes(scores: Tensor, targets: Targets) -> Tensor:
    """Which class a picture is of, rare classes weighted as `class_weight` says."""
    wanted, weight = targets["classes"], targets.get("class_weight")
    known = ~torch.isnan(wanted).any(dim=1)
    lost = -(torch.nan_to_num(wanted) * f.log_softmax(scores, dim=1))
    if weight is not None:
        lost = lost * weight
    return _mean(lost.sum(dim=1), known)


def _moment(scores: Tensor, targets: Targets) -> Tensor:
    """Which class each frame of a series is of; -1 is not known. Weighted as `_classes`."""
    wanted, weight = targets["moment"], targets["class_weight"]
    known = wanted >= 0
    index = wanted.clamp(min=0).long()
    lost = f.cross_entropy(scores, index, reduction="none")
    counted = torch.gather(weight, 1, index.flatten(1)).reshape(lost.shape)
    return _mean(lost * counted, known)


def _values(told: Tensor, targets: Targets) -> Tensor:
    """Numbers, each in its own spread."""
    wanted = targets["values"]
    known = ~torch.isnan(wanted)
    return _mean(f.smooth_l1_loss(told, torch.nan_to_num(wanted), reduction="none"), known)


def _binary(scores: Tensor, wanted: Tensor) -> Tensor:
    known = ~torch.isnan(wanted)
    lost = f.binary_cross_entropy_with_logits(scores, torch.nan_to_num(wanted), reduction="none")
    return _mean(lost, known)


def _overlap(share: Tensor, wanted: Tensor) -> Tensor:
    """One minus the soft overlap of areas (Dice) where they are known, over the whole batch."""
    share, wanted = share * ~torch.isnan(wanted), torch.nan_to_num(wanted)
    both = (share * wanted).sum()
    return 1 - (2 * both + 1) / (share.sum() + wanted.sum() + 1)


def _mean(lost: Tensor, known: Tensor) -> Tensor:
    """The mean of what is known; zero, with a gradient, of nothing."""
    known = known.expand_as(lost)
    return (lost * known).sum() / known.sum().clamp(min=1)


LOSSES: Mapping[str, Callable[[Tensor, Targets], Tensor]] = {
    "heatmap": _heatmap,
    "offset": _offset,
    "visible": _visible,
    "inside": _inside,
    "boundary": _boundary,
    "distance": _distance,
    "size": _size,
    "mask": _mask,
    "density": _density,
    "classes": _classes,
    "values": _values,
    "moment": _moment,
}
"""By kind of head."""


def losses(answers: Mapping[str, Tensor], targets: Targets) -> dict[str, Tensor]:
    """The loss of each head, by its kind."""
    return {kind: LOSSES[kind](answer, targets) for kind, answer in answers.items()}
