"""What is unlike everything is of the class whose pictures differ most from each other."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="pip install 'ethoframe[learn]'")

import torch

from ethoframe.nets.likeness import AXES, ROUND, TAILS, Likeness

CHANCE = np.random.default_rng(5)


def seen_of(spread: float, count: int, middle: float = 0.0) -> np.ndarray:
    return CHANCE.normal(middle, spread, (count, 8))


def settled(*classes: np.ndarray) -> Likeness:
    likeness = Likeness([4], len(classes))
    index = np.repeat(np.arange(len(classes)), [len(each) for each in classes])
    likeness.settle(np.concatenate(classes), index)
    return likeness


def told(likeness: Likeness, seen: np.ndarray) -> np.ndarray:
    along = (torch.from_numpy(seen).float() - likeness.origin) @ likeness.axes
    off = torch.einsum("nka,kab->nkb", along[:, None] - likeness.means, likeness.whitening)
    far = off.square().sum(dim=2)
    return (likeness.peaks - likeness.steepness * torch.log1p(far / TAILS)).numpy()


def test_it_is_the_log_density_of_student() -> None:
    from scipy.stats import multivariate_t

    one, other = seen_of(1.0, 5000), seen_of(3.0, 5000, 2.0)
    likeness = settled(one, other)
    axes, origin = likeness.axes.numpy().astype(float), likeness.origin.numpy().astype(float)
    places = np.concatenate([seen_of(2.0, 20), seen_of(2.0, 20, 9.0)])
    wanted = []
    for each in (one, other):
        along = (each - origin) @ axes
        shape = (1 - ROUND) * np.cov(along.T, bias=True)[:8, :8] + ROUND * np.eye(8)
        density = multivariate_t(along.mean(axis=0)[:8], shape, TAILS)
        wanted.append(density.logpdf(((places - origin) @ axes)[:, :8]))
    found = told(likeness, places)
    apart = np.diff(found, axis=1)[:, 0] - (wanted[1] - wanted[0])
    assert np.abs(apart).max() < 0.05  # each covariance has a little of the other


def test_what_is_unlike_all_is_of_the_widest_class() -> None:
    good, spoilt = seen_of(1.0, 200), seen_of(3.0, 200)
    likeness = settled(good, spoilt)
    elsewhere = seen_of(1.0, 50) - 30.0  # where nothing was ever seen
    assert (told(likeness, elsewhere).argmax(axis=1) == 1).mean() > 0.95
    assert (told(likeness, seen_of(1.0, 50)).argmax(axis=1) == 0).mean() > 0.95


def test_one_picture_of_a_class_is_enough_to_be_told() -> None:
    likeness = settled(seen_of(1.0, 40), seen_of(0.1, 1, 8.0))
    assert np.isfinite(told(likeness, seen_of(1.0, 5))).all()
    assert (told(likeness, seen_of(0.5, 20, 8.0)).argmax(axis=1) == 1).all()


def test_pictures_that_are_all_the_same_are_no_fault() -> None:
    likeness = settled(np.ones((6, 8)), np.ones((3, 8)))
    assert np.isfinite(told(likeness, np.ones((2, 8)))).all()


def test_mean_and_spread_are_those_of_each_channel() -> None:
    maps = [torch.rand(3, 2, 6, 4), torch.rand(3, 5, 1, 1)]
    seen = Likeness.seen(maps).numpy()
    assert seen.shape == (3, 14)
    assert np.allclose(seen[:, :2], maps[0].mean(dim=(2, 3)))
    assert np.allclose(seen[:, 2:4], maps[0].std(dim=(2, 3), correction=0))
    assert not seen[:, 9:].any()


def test_before_it_is_settled_it_says_nothing() -> None:
    likeness = Likeness([4], 3)
    assert not likeness([torch.rand(2, 4, 5, 5)]).any()
    assert likeness.axes.shape == (8, AXES)
