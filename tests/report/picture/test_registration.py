from __future__ import annotations

import base64
import re

import cv2
import numpy as np
import pytest

from ethoframe.data import Displacement, Points, Transform, Warp
from ethoframe.report.picture.bend import determinant_range, numbers
from ethoframe.report.picture.overlays import overlays
from ethoframe.report.picture.registration import described

MOVED = np.array([[1, 0, 12], [0, 1, 5], [0, 0, 1]], np.float64)


@pytest.fixture
def pair(make, draw, frame):
    """A picture, and the same moved by 12 and 5 px; the map may have failed."""
    squares, still, _ = draw
    pixels = squares()[0]
    fixed = np.roll(pixels, (5, 12), (0, 1))

    def made(transform, **answers):
        given = {"transform": transform, "fixed": frame(fixed), "moved": frame(fixed)}
        return make(still(pixels), **{**given, **answers})

    return made


def test_a_map_that_failed_says_so_in_red_and_first(pair, written) -> None:
    page = written(pair(Transform(MOVED, "px", "px", failed="tissue <does> not overlap")))
    banner = page.index("The registration failed")
    assert "tissue &lt;does&gt; not overlap" in page
    assert 'class="failed-banner" role="alert"' in page
    assert banner < page.index('class="facts"')


def test_a_map_that_did_not_fail_has_no_banner(pair, written) -> None:
    assert 'class="failed-banner"' not in written(pair(Transform(MOVED, "px", "px")))


def test_similarity_stands_before_and_after(pair, written) -> None:
    facts = {"similarity_before": 0.25, "similarity_after": 0.75, "judged_by": "edges"}
    page = written(pair(Transform(MOVED, "px", "px", facts=facts)))
    row = r'similarity</th><td class="n">0.25</td><td class="n">0.75</td>'
    assert re.search(row, page)
    assert "<dt>judged by</dt><dd>edges</dd>" in page


def test_overlays_are_white_where_both_agree(pair, found) -> None:
    rows = overlays(found(pair(Transform(MOVED, "px", "px"))))
    (before,), (after,), (board,) = rows
    assert (before.title, after.title) == ("before", "after")
    assert board.title == "after, checkerboard"
    assert np.array_equal(after.tones[..., 0], after.tones[..., 1])
    assert not np.array_equal(before.tones[..., 0], before.tones[..., 1])
    assert np.array_equal(before.tones[..., 0], before.tones[..., 2])  # magenta and green


def test_pictures_of_other_sizes_lie_where_they_lie(make, draw, frame, found) -> None:
    _, still, _ = draw
    moving = still(np.full((10, 12), 9, np.uint8))
    fixed = frame(np.arange(20 * 30, dtype=np.uint16).reshape(20, 30))
    finding = make(moving, transform=Transform(np.eye(3), "px", "px"), fixed=fixed)
    ((before,),) = overlays(found(finding))
    assert before.tones.shape == (20, 30, 3)
    assert not before.tones[10:, :, 1].any()
    assert not before.tones[:, 12:, 1].any()


def test_bright_grounds_are_inverted(make, draw, frame, found) -> None:
    _, still, _ = draw
    stained = np.full((40, 40), 240, np.uint8)
    stained[10:20, 10:20] = 40
    beyond = stained.copy()
    beyond[:, :5] = 0  # what the moved picture does not reach
    finding = make(still(stained), transform=Transform(np.eye(3), "px", "px"),
                   fixed=frame(stained), moved=frame(beyond))  # fmt: skip
    after = overlays(found(finding))[1][0].tones
    assert after[15, 15].min() > 200
    assert after[30, 30].max() < 30
    assert after[30, 2, 1] == 0


def test_landmark_errors(pair, written) -> None:
    errors = np.array([1.0, 2.0, 9.0])
    places = np.array([[10.0, 10.0], [20.0, 30.0], [40.0, 50.0]])
    landmarks = Points((places,), {"error_px": (errors,)}, np.arange(1), np.zeros(1))
    page = written(pair(Transform(MOVED, "px", "px"), landmarks=landmarks))
    assert "3 landmarks" in page
    assert re.search(r'error \(px\)</th><td class="n">2</td><td class="n">7.6</td>'
                     r'<td class="n">9</td>', page)  # fmt: skip
    assert page.count("<circle ") == 3


def test_a_map_in_words() -> None:
    turn = np.radians(30.0)
    c, s = np.cos(turn), np.sin(turn)
    matrix = np.array([[2 * c, -3 * s, 4], [2 * s, 3 * c, -5], [0, 0, 1]])
    told = described(Transform(matrix, "px", "mm"))
    assert told.startswith("turned by 30°, scaled by 2 along x and 3 along y, sheared by 0,")
    assert told.endswith("moved by 4, -5 mm")


def test_a_map_of_space_in_words() -> None:
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    told = described(Transform(matrix, "mm", "mm"))
    assert told == "turned by 0°, volumes × 8, the first pixel moved by 0, 0, 0 mm"


def test_bending_is_drawn_and_measured(pair, written) -> None:
    y, x = np.mgrid[0:60:4, 0:80:4]
    bend = Displacement(np.stack([2 * np.sin(y / 9.0), 1.5 * np.cos(x / 9.0)], -1), (4.0, 4.0))
    page = written(pair(Warp((Transform(MOVED, "px", "px"), bend))))
    assert "Deformation grid" in page
    assert "times as long" not in page
    assert "0 % of 300 points" in page
    low, high, folded = determinant_range(bend)
    whole = bend.determinants()
    assert (low, high, folded) == (whole.min(), whole.max(), 0)


def test_a_small_bend_is_drawn_larger_and_says_so(pair, written) -> None:
    bend = Displacement(np.full((15, 20, 2), 0.02), (4.0, 4.0))
    facts = {"jacobian_min": 1.0}
    page = written(pair(Warp((Transform(MOVED, "px", "px"), bend), facts=facts)))
    assert "Displacements are drawn 50 times as long as they are." in page
    assert "<dt>jacobian min</dt><dd>1</dd>" in page


def test_folds_are_counted_slab_by_slab(monkeypatch) -> None:
    vectors = np.random.default_rng(3).normal(0, 3, (9, 8, 7, 3))
    bend = Displacement(vectors, (1.0, 1.0, 2.0), unit="mm")
    whole = bend.determinants()
    monkeypatch.setattr("ethoframe.report.picture.bend.MOST_POINTS", 100)
    low, high, folded = determinant_range(bend)
    assert (low, high) == pytest.approx((whole.min(), whole.max()))
    assert folded == (whole <= 0).sum() > 0
    assert numbers(bend)["share that folds"].endswith("of 504 points")


def test_volumes_are_laid_over_each_other_in_three_planes(make, frame, written) -> None:
    from ethoframe.data import Recording

    volume = np.random.default_rng(0).integers(0, 200, (6, 20, 24)).astype(np.uint8)
    moving = Recording.of(volume[None, ..., None], name="v.nii")
    finding = make(moving, transform=Transform(np.eye(4), "px", "px"), fixed=frame(volume),
                   moved=frame(volume))  # fmt: skip
    page = written(finding)
    assert page.count("<figcaption>after, plane") == 3


def test_the_picture_is_a_picture(pair, written) -> None:
    page = written(pair(Transform(MOVED, "px", "px")))
    coded = re.search(r"data:image/jpeg;base64,([^\"]+)", page).group(1)
    decoded = cv2.imdecode(np.frombuffer(base64.b64decode(coded), np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (60, 80, 3)
