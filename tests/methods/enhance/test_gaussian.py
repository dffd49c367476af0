from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from ethoframe.methods.enhance._gaussian import (
    convolved,
    determinant,
    discrete_gaussian,
    eigenvalues,
    gaussians,
    gradient,
    hessian,
    laplacian,
    smoothed,
    steps,
)

RANDOM = np.random.default_rng(1)


@given(st.floats(0.0, 400.0), st.sampled_from([1e-12, 1e-6, 1e-3]))
def test_kernels_are_symmetric_positive_and_sum_to_one(variance, tail) -> None:
    kernel = discrete_gaussian(variance, tail)
    assert kernel.sum() == pytest.approx(1, abs=1e-12)
    assert (kernel >= 0).all()
    assert np.array_equal(kernel, kernel[::-1])
    assert len(kernel) % 2 == 1


@given(st.floats(1e-3, 400.0))
def test_the_variance_is_exact(variance) -> None:
    kernel = discrete_gaussian(variance, 1e-14)
    n = np.arange(len(kernel)) - len(kernel) // 2
    assert (kernel * n**2).sum() == pytest.approx(variance, rel=1e-9)


@given(st.floats(0.0, 60.0), st.floats(0.0, 60.0))
def test_smoothing_twice_is_smoothing_by_the_sum(first, second) -> None:
    both = np.convolve(discrete_gaussian(first, 1e-14), discrete_gaussian(second, 1e-14))
    once = discrete_gaussian(first + second, 1e-14)
    wide = max(len(both), len(once))
    padded = [np.pad(k, (wide - len(k)) // 2) for k in (both, once)]
    assert np.abs(padded[0] - padded[1]).max() < 1e-12


@given(st.floats(0.1, 100.0), st.sampled_from([1e-2, 1e-4, 1e-6]))
def test_what_is_cut_off_changes_no_picture_by_more_than_its_share(variance, tail) -> None:
    exact, cut = discrete_gaussian(variance, 1e-14), discrete_gaussian(variance, tail)
    padded = np.pad(cut, (len(exact) - len(cut)) // 2)
    # Half the summed difference is the most that a picture of range 1 can change by.
    assert np.abs(exact - padded).sum() / 2 <= tail * (1 + 1e-6) + 1e-13


@pytest.mark.parametrize("shape", [(7, 9), (1, 9), (9, 1), (2, 3), (4, 5, 6), (1, 5, 6), (3, 1, 1)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_convolution_is_that_of_scipy_with_a_mirror(shape, dtype) -> None:
    picture = RANDOM.random(shape).astype(dtype)
    kernels = [RANDOM.random(2 * r + 1) for r in (3, 5, 2)[-len(shape) :]]
    expected = picture.astype(float)
    for axis, kernel in enumerate(kernels):
        expected = ndimage.correlate1d(expected, kernel, axis, mode="mirror")
    found = convolved(picture, kernels)
    assert found.dtype == dtype
    assert np.allclose(found, expected, rtol=1e-5 if dtype == np.float32 else 1e-12)


def test_nan_spreads_as_far_as_the_kernel_and_no_farther() -> None:
    picture = np.zeros((21, 21), np.float32)
    picture[10, 10] = np.nan
    kernels = gaussians(1.0, (1.0, 1.0), 1e-3)
    half = len(kernels[0]) // 2
    expected = np.zeros((21, 21), bool)
    expected[10 - half : 11 + half, 10 - half : 11 + half] = True
    assert np.array_equal(np.isnan(convolved(picture, kernels)), expected)


def test_scales_are_alike_in_mm_along_axes_of_other_spacing() -> None:
    step = steps((2.0, 0.5, 1.0), 3)
    for kernel, h in zip(gaussians(6.0, step, 1e-12), step, strict=True):
        n = np.arange(len(kernel)) - len(kernel) // 2
        assert (kernel * n**2).sum() * h**2 == pytest.approx(36.0, rel=1e-6)


@pytest.mark.parametrize("axes", [2, 3])
def test_derivatives_of_a_quadratic_are_exact(axes) -> None:
    step = (2.0, 1.0, 0.5)[-axes:]
    grid = np.meshgrid(*[(np.arange(9) - 4) * h for h in step], indexing="ij")
    curved = RANDOM.normal(size=(axes, axes))
    curved = curved + curved.T
    picture = sum(
        curved[a, b] * grid[a] * grid[b] / 2 for a in range(axes) for b in range(axes)
    ) + 3 * sum(grid)
    inside = (slice(1, -1),) * axes
    second = hessian(picture, step)
    for (a, b), found in second.items():
        assert np.allclose(found[inside], curved[a, b])
    assert np.allclose(laplacian(picture, step)[inside], np.trace(curved))
    assert np.allclose(determinant(second)[inside], np.linalg.det(curved))
    middle = (slice(None), *(4,) * axes)
    assert np.allclose(eigenvalues(second)[middle], np.linalg.eigvalsh(curved))
    for axis, slope in enumerate(gradient(picture, step)):
        expected = 3 + sum(curved[axis, b] * grid[b] for b in range(axes))
        assert np.allclose(slope[inside], expected[inside])


def test_eigenvalues_are_those_of_lapack_also_where_two_are_alike() -> None:
    matrices = RANDOM.normal(size=(200, 3, 3))
    matrices = matrices + np.swapaxes(matrices, 1, 2)
    matrices[0] = np.eye(3)
    matrices[1] = np.diag([1.0, 1.0, 5.0])
    matrices[2] = 0
    pairs = {(a, b): matrices[:, a, b] for a in range(3) for b in range(3) if a <= b}
    assert np.allclose(eigenvalues(pairs).T, np.linalg.eigvalsh(matrices), atol=1e-7)


def test_no_pixels_are_no_pixels() -> None:
    assert smoothed(np.zeros((0, 4), np.float32), 2.0, (1.0, 1.0)).shape == (0, 4)
